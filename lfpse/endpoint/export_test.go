package endpoint

// WithNames answers the look-up of names, by host:port.
func WithNames(names map[string]string) Option {
	return func(o *options) error {
		o.rename = func(address string) string {
			if to := names[address]; to != "" {
				return to
			}
			return address
		}
		return nil
	}
}
