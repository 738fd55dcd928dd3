package validate

// valueFormat returns the format of the value that an extension has in a property
// such as valueCode, where that is a text or a number.
func valueFormat(property string) format {
	switch property {
	case "valueCode":
		return codeFormat
	case "valueDate":
		return dateFormat
	case "valueTime":
		return timeFormat
	case "valueDateTime":
		return dateTimeFormat
	case "valueInstant":
		return instantFormat
	case "valueId":
		return idFormat
	case "valueUri", "valueUrl", "valueCanonical":
		return uriFormat
	case "valueOid":
		return oidFormat
	case "valueUuid":
		return uuidFormat
	case "valueBase64Binary":
		return base64BinaryFormat
	case "valueDecimal":
		return decimalFormat
	case "valueInteger":
		return integerFormat
	case "valuePositiveInt":
		return positiveIntFormat
	case "valueUnsignedInt":
		return unsignedIntFormat
	}
	return textFormat
}
