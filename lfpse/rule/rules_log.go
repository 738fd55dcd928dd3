package rule

import "github.com/gpsafety/lfpse-go/fhir"

const (
	sourceCSV     = "RFC 4180"
	sourceLogs    = "logs as practices and their systems export them; package mapping/csvlog"
	sourceMapping = "package mapping"

	sourceWorkbooks = "ECMA-376 workbooks as practices keep them; package mapping/workbook"
	sourceExtracts  = "published specifications and readers of extracts; package mapping/extract"
)

// logRules are about the log as a file.
var logRules = []section{
	{Rule{Layer: LayerLog, Path: "file", Evidence: Design, Confidence: High, Source: sourceLogs}, []Rule{
		{
			ID: "CSV-OPTION", Title: "The settings for reading the log are possible.", Severity: fhir.Error,
			Why: "With an impossible encoding, delimiter, limit or list of columns the log would be misread.",
			Fix: "Correct the setting, or leave it out so that it is detected from the file.",
		},
		{
			ID: "CSV-READ", Title: "The log can be read to its end.", Severity: fhir.Error,
			Why: "If the disk or the network fails half-way, nobody knows what the rest of the log holds. The rows before are complete.",
			Fix: "Read the log again when its source works.",
		},
		{
			ID: "CSV-EMPTY", Title: "The log holds something.", Severity: fhir.Error,
			Why: "An empty file is more often a failed export than a month without incidents.",
			Fix: "Check that the export finished, and export the log again.",
		},
		{
			ID: "CSV-NOT-CSV", Title: "The log is a CSV file.", Severity: fhir.Error,
			Why: "A workbook, PDF, web page or JSON document with the name of a CSV file would be read as rows of nonsense.",
			Fix: "Open it in the program that it belongs to and save it as \"CSV UTF-8\".",
		},
		{
			ID: "CSV-DELIMITER", Title: "The header row shows what separates the cells.", Severity: fhir.Error, Path: "header row",
			Why: "RFC 4180 knows the comma, spreadsheets also write semicolons, tabs and bars. Where two are equally likely, or a file without column names has more or fewer columns than it is to have, a guess would put cells under wrong names.",
			Fix: "Set the delimiter in the map, or export the columns that are expected.",
		},
		{
			ID: "CSV-HEADER", Title: "The header row names the columns.", Severity: fhir.Error, Path: "header row",
			Why: "A map finds columns by their names, so a broken header row makes every row unreadable.",
			Fix: "Put the column names in the first row, with quotation marks around names that hold the delimiter.",
		},
		{
			ID: "CSV-DUPLICATE-COLUMN", Title: "Every column that the map uses has a name of its own.", Severity: fhir.Error, Path: "header row",
			Why: "If two columns have the same name, nobody can tell which one the map means. Columns that it does not use may share a name.",
			Fix: "Rename one of the columns in the log.",
		},
		{
			ID: "CSV-ENCODING", Title: "The log is text in UTF-8, Windows-1252 or UTF-16, or in the encoding that the map names.", Severity: fhir.Error, Path: "file | row",
			Why: "Bytes that are not text in the encoding would be sent as the wrong letters. So would rows in Mac Roman, which Excel for Mac writes as \"CSV (Macintosh)\", which are refused unless the map says mac-roman, and those of \"CSV (MS-DOS)\".",
			Fix: "Export the log as \"CSV UTF-8\", or set the encoding that it has.",
		},
		{
			ID: "CSV-MIXED-ENCODING", Title: "All rows of a log have one encoding.", Severity: fhir.Warning,
			Why: "Rows in UTF-8 beside rows in Windows-1252 come from two exports pasted together. Each row is read in its own encoding, which is right for nearly all of them.",
			Fix: "Check accented letters and quotation marks, and export the log again in one encoding.",
		},
	}},
	{Rule{Layer: LayerLog, Path: "row", Evidence: Standard, Confidence: High, Source: sourceCSV}, []Rule{
		{
			ID: "CSV-CELL-COUNT", Title: "A row has as many cells as the header row.", Severity: fhir.Error,
			Why: "With one cell too many or too few, every cell after it is under the wrong column name: a person's name can end up in the description. A row may lack cells at its end only if its line ends as the others do and the map does not use the columns, or can do without them.",
			Fix: "Put quotation marks around cells that hold the delimiter or a line break.",
		},
		{
			ID: "CSV-SHIFTED", Title: "Every cell of a row stands under its own column name.", Severity: fhir.Error,
			Why: "A comma of a text that is not between quotation marks cuts the text and pushes the cells after it under the wrong names. The number of cells can still be right, because blank cells at the end are often left out.",
			Fix: "Put quotation marks around the text if the delimiter is part of it. If not, remove the blank after the delimiter.",
		},
		{
			ID: "CSV-LINE-BREAK", Title: "A line break within a cell is between quotation marks.", Severity: fhir.Error,
			Why: "Otherwise the text is cut at the line break, and its rest is lost.",
			Fix: "Put quotation marks around the cell. If the line below is not part of the log, such as a total, remove it.",
		},
		{
			ID: "CSV-REPEATED-HEADER", Title: "The column names stand in the header row only.", Severity: fhir.Error, Evidence: Design, Source: sourceLogs,
			Why: "A second row of names shows that files were joined. If its names are in another order, the rows below it would be read under the wrong names, so the reading ends there.",
			Fix: "Delete the row if the names are the same; if not, read each file by itself.",
		},
		{
			ID: "CSV-BARE-QUOTE", Title: "Quotation marks enclose whole cells and are doubled inside them.", Severity: fhir.Error,
			Why: "With a quotation mark elsewhere, nobody can tell where the cell ends.",
			Fix: "Double the quotation marks inside the cell and put quotation marks around it.",
		},
		{
			ID: "CSV-UNCLOSED-QUOTE", Title: "A cell that begins with a quotation mark ends with one.", Severity: fhir.Error,
			Why: "Otherwise the cell would swallow the rows after it. Reading goes on at the next line instead, so only this row is lost.",
			Fix: "Close the cell with a quotation mark, or remove the stray one.",
		},
		{
			ID: "CSV-ROW-TOO-LARGE", Title: "A row is no longer than the limit, 1 MiB by default.", Severity: fhir.Error, Evidence: Design, Source: sourceLogs,
			Why: "The limit keeps memory flat. No incident needs a row of that size; a file without line breaks is one such row.",
			Fix: "Shorten the row, or raise the limit if it is genuine.",
		},
		{
			ID: "CSV-NUL", Title: "A row holds no zero byte.", Severity: fhir.Error, Evidence: Design, Source: sourceLogs,
			Why: "Text has no zero bytes, so the row was damaged and other letters may be wrong too. The other rows are read.",
			Fix: "Export the log again.",
		},
	}},
	{Rule{Layer: LayerLog, Path: "workbook", Evidence: Design, Confidence: High, Source: sourceWorkbooks}, []Rule{
		{
			ID: "WORKBOOK-UNREADABLE", Title: "The log is a workbook of the form .xlsx without a password.", Severity: fhir.Error,
			Why: "Workbooks of older forms, with a password or damaged cannot be read.",
			Fix: "Open it in Excel and save it as .xlsx, or as \"CSV UTF-8\".",
		},
		{
			ID: "WORKBOOK-SIZE", Title: "A workbook has at most 16 MiB, unpacked 32 MiB, and 1000 columns.", Severity: fhir.Error,
			Why: "A small file can be made so that it fills the memory when it is unpacked. CSV is read row by row and may have any size.",
			Fix: "Save the sheet with the log as \"CSV UTF-8\".",
		},
		{
			ID: "WORKBOOK-SHEET", Title: "It is clear which sheet of a workbook has the log.", Severity: fhir.Error,
			Why: "A workbook with a log often has sheets with lists, totals or last year's log, too.",
			Fix: "Give the name of the sheet.",
		},
		{
			ID: "WORKBOOK-FORMULA", Title: "Each formula of a row has its value saved with it.", Severity: fhir.Error,
			Why: "Formulas are not worked out here. Without a value the cell would seem blank.",
			Fix: "Open the workbook in Excel and save it.",
		},
		{
			ID: "WORKBOOK-LINK", Title: "No value of a row comes from another workbook.", Severity: fhir.Error,
			Why: "Other files are never opened, and what they held when the value was saved may have changed.",
			Fix: "Paste the values in the place of the formulas.",
		},
		{
			ID: "WORKBOOK-MERGED", Title: "No cells of a row are merged.", Severity: fhir.Error,
			Why: "Only the first of merged cells holds the text, so an event below it would lose its date or its patient.",
			Fix: "Unmerge the cells and fill in each.",
		},
		{
			ID: "WORKBOOK-NOTE", Title: "No cell of a row has a note or a comment.", Severity: fhir.Warning,
			Why: "Only what stands in the cells is read. People write into a note who was told, or that a row is wrong.",
			Fix: "Write into a cell what belongs to the event.",
		},
		{
			ID: "WORKBOOK-STRUCK", Title: "No text of a row is struck through.", Severity: fhir.Warning,
			Why: "It is read as if it were not, but people strike through what was wrong, or what is done.",
			Fix: "Delete the text or the row if it does not count any more.",
		},
	}},
	{Rule{Layer: LayerLog, Path: "extract", Evidence: Design, Confidence: High, Source: sourceExtracts}, []Rule{
		{
			ID: "EXTRACT-TABLE", Title: "An extract has the tables and columns that an event is joined from.", Severity: fhir.Error,
			Why: "Without the patient, for example, nobody can tell whether an entry is about a test patient or confidential.",
			Fix: "Put all tables of the extract into one folder, and export them with all columns.",
		},
		{
			ID: "EXTRACT-ROW", Title: "Every row of a table that others refer to can be read.", Severity: fhir.Warning,
			Why: "An event whose patient or member of staff stands in a broken row lacks what the row says.",
			Fix: "Export the table again.",
		},
		{
			ID: "EXTRACT-ORPHAN", Title: "What a trigger refers to is in the extract.", Severity: fhir.Error,
			Why: "Tables that were exported on different days do not fit. Without the patient, nobody can tell whether the entry may be used.",
			Fix: "Export all tables at the same time.",
		},
		{
			ID: "EXTRACT-SKIPPED", Title: "Entries that are deleted, confidential, about test patients or no trigger make no draft.", Severity: fhir.Warning,
			Why: "They hint at no event that may be reported from the record. Each is counted under its reason, so that none disappears in silence.",
			Fix: "Nothing, if the reasons and numbers are right. Record an event that is missing by hand, in an incident log or the form.",
		},
		{
			ID: "EXTRACT-ROUNDED", Title: "Ids in an extract or a record have all their digits.", Severity: fhir.Warning,
			Why: "A spreadsheet keeps 15 digits of a number and writes zeros for the rest, or shows it as 1.23E+15, so an id no longer says which concept it is. A rounded id of a trigger is taken for the trigger, because it only makes a draft.",
			Fix: "Take the extract as the system wrote it, without opening it in a spreadsheet.",
		},
		{
			ID: "EXTRACT-GAP", Title: "An extract has all that shows which of its entries are events.", Severity: fhir.Warning,
			Why: "A file that is passed over may hold events. An entry whose code is not in the list of codes may be one. Without the columns that say so, an entry that was deleted, or that of a test patient, looks like any other.",
			Fix: "Put all tables of the extract into one folder, unpacked, and export them at the same time with all columns.",
		},
		{
			ID: "ENVELOPE-FORM", Title: "A notice has the form of CloudEvents 1.0.", Severity: fhir.Error,
			Why: "What is in an envelope of another form may be something else than it seems.",
			Fix: "Send it with specversion 1.0, an id, a source, a type, and its contents in data or data_base64.",
		},
		{
			ID: "ENVELOPE-BARE", Title: "A notice has contents.", Severity: fhir.Error,
			Why: "A notice that only says where something can be fetched tells nothing about an event, and this library fetches nothing.",
			Fix: "Fetch the record that the notice is about, and give that.",
		},
	}},
}

// mapRules are about mapping a row to an event.
var mapRules = []section{
	{Rule{Layer: LayerMap, Path: "column", Evidence: Design, Confidence: High, Source: sourceMapping}, []Rule{
		{
			ID: "MAP-DUPLICATE", Title: "Every row has a reference of its own.", Severity: fhir.Error,
			Why: "The reference decides whether a row has been submitted. A second row with the same reference would be a second record of one event, or would be taken as sent although it was not.",
			Fix: "If it is the same event, keep one row, and answer how many patients were affected; if not, give it a reference of its own.",
		},
		{
			ID: "MAP-REFERENCE", Title: "The reference of a row is as the incident system gave it.", Severity: fhir.Error,
			Why: "A spreadsheet takes a long reference for a number and writes 1.23E+11. Several rows are then called the same, and a row that is corrected later would be sent a second time.",
			Fix: "Export the log again and save it without opening it in a spreadsheet, or format the column as text before.",
		},
		{
			ID: "MAP-REFERENCE-PRIVACY", Title: "The reference of a row holds no personal data.", Severity: fhir.Warning,
			Why: "References are shown, stored in the receipts and exported. One that holds an NHS number or a name is left out of all of them; the line of the row stands in its place.",
			Fix: "Give the row a reference without personal data.",
		},
		{
			ID: "MAP-WORDS-TIE", Title: "A cell fits one word of a word list best.", Severity: fhir.Warning, Asks: true,
			Why: "The longest word that fits decides. Where two of the same length stand for different values, either would be a guess.",
			Fix: "Add a longer word that says what such a cell means, or answer the question.",
		},
		{
			ID: "MAP-NUMBER", Title: "A cell that the map compares with a number is a whole number.", Severity: fhir.Error,
			Why: "The comparison decides, for instance, whether a second patient was affected. That must not be guessed.",
			Fix: "Correct the cell in the log.",
		},
		{
			ID: "MAP-EXPRESSION-ROW", Title: "A condition of the map can be decided for every row.", Severity: fhir.Error,
			Why: "The condition decides, for instance, whether a row is for LFPSE at all. That must not be guessed.",
			Fix: "Correct the cells in the log, or the condition in the map.",
		},
		{
			ID: "MAP-UNKNOWN-VALUE", Title: "The word list of the map has the words of the log.", Severity: fhir.Warning, Asks: true,
			Why: "A word that is not in the list is not guessed: it becomes a question, and no default hides it.",
			Fix: "Add the word to the word list, or answer the question.",
		},
		{
			ID: "MAP-VALUE", Title: "A cell has a value that its property of the event can take.", Severity: fhir.Warning, Asks: true,
			Why: "A date, number or code that cannot be read is not sent. It becomes a question, unless the map says that it may be left out.",
			Fix: "Correct the cell in the log, or answer the question.",
		},
		{
			ID: "MAP-ASK", Title: "What the map leaves to a person has been answered.", Severity: fhir.Error, Asks: true,
			Why: "The map says that the log does not contain this. It is asked as a question without a finding, and the row waits for the answer.",
			Fix: "Answer the question.",
		},
		{
			ID: "MAP-ANSWER", Title: "An answer is for a property of the event and can be used.", Severity: fhir.Error, Path: "answers",
			Why: "If an answer were ignored, the person who gave it would believe that it was sent.",
			Fix: "Write the target as it is in the question, and the answer as one of its choices or in the form that the question gives.",
		},
		{
			ID: "MAP-ANSWER-OVERTAKEN", Title: "What was answered still fits what the source says.", Severity: fhir.Error, Asks: true,
			Why: "A row that was answered has changed in its log: it now says something else about what was answered, or the answer cannot be used any more. Neither is taken without a person.",
			Fix: "Answer the question again.",
		},
		{
			ID: "MAP-ANSWER-POINTLESS", Title: "An answer is to a question that arises.", Severity: fhir.Warning, Path: "answers",
			Why: "Who answers all questions of a row at once also answers some that other answers make pointless, such as the distress of a patient who died. These are not sent.",
			Fix: "Nothing, or correct the answer that it depends on.",
		},
		{
			ID: "MAP-CONTEXT", Title: "The patient's record that a row names can be read.", Severity: fhir.Error, Path: "source.context",
			Why: "Without the record its facts are missing from the event, and the names in it are not looked for in the texts.",
			Fix: "Put a FHIR file of at most 5 MiB where the map looks for it, not a link out of the folder, or clear the cell that names it. With context-optional in the map a record may be missing.",
		},
		{
			ID: "MAP-SOFTWARE", Title: "Software in the record is reported as an IT system or as a medical device, whichever it is.", Severity: fhir.Information, Path: "record",
			Why: "Records hold software as a device. LFPSE asks other questions about IT systems than about medical devices, and only a person can tell them apart.",
			Fix: "If it is an IT system rather than a medical device, say so in agent.involvedAgents.",
		},
	}},
	{Rule{Layer: LayerMap, Evidence: Design, Confidence: High, Source: sourceMapping}, []Rule{
		{
			ID: "MAP-SIZE", Title: "A map has at most 1 MiB, and its lists are no longer than any map needs.", Severity: fhir.Error, Path: "map",
			Why: "Real maps are far smaller. A larger file is a mistake, such as the log in the place of the map, or is made to keep the computer busy.",
			Fix: "Check that the file is a map.",
		},
		{
			ID: "MAP-YAML", Title: "A map is one YAML document of the documented form, in UTF-8.", Severity: fhir.Error, Path: "map",
			Why: "What cannot be read for certain would be mapped by guess. Anchors, aliases and tags can make another text of what is written.",
			Fix: "Correct the line that the finding names, and save the map as UTF-8.",
		},
		{
			ID: "MAP-KEY", Title: "A map has only keys that the form has.", Severity: fhir.Error, Path: "map",
			Why: "A key that is misspelt would be passed over, and what it says about the log with it.",
			Fix: "Correct the key, or take it out.",
		},
		{
			ID: "MAP-INCLUDE", Title: "A map changes what the map that it includes has.", Severity: fhir.Error, Path: "include | columns | drop | fields",
			Why: "A change to something that is not there would be passed over, and the log would be read in the old way.",
			Fix: "Include a built-in map or a file beside the map, and name its columns and targets as it does; lfpse maps show lists them.",
		},
		{
			ID: "MAP-SOURCE", Title: "What a map says of the log as a file can be so.", Severity: fhir.Error, Path: "source.encoding | source.delimiter | source.columns | source.context",
			Why: "Otherwise no log at all can be read by it.",
			Fix: "Correct the value below source.",
		},
		{
			ID: "MAP-LAYOUT", Title: "The layouts of dates, months and times are layouts, and no two read one text differently.", Severity: fhir.Error, Path: "source.dates | source.months | source.times",
			Why: "A day that is taken for a month is another date, and nobody would notice.",
			Fix: "Write 2 January 2006, 15:04 the way the log does, and keep one order of day and month.",
		},
		{
			ID: "MAP-COLUMN", Title: "The columns that a map uses have names, and the log has them.", Severity: fhir.Error, Path: "column",
			Why: "A cell that is not found would be taken for blank.",
			Fix: "Name the column as the log does.",
		},
		{
			ID: "MAP-CONDITION", Title: "A condition names a column and has one test.", Severity: fhir.Error, Path: "skip.when | fields.when | patients.when",
			Why: "With two tests it would be open whether one or both must hold.",
			Fix: "Give the condition a column and one of in, not-in, filled and at-least, or an expr alone.",
		},
		{
			ID: "MAP-EXPRESSION", Title: "An expression reads cells and can be worked out.", Severity: fhir.Error, Path: "fields.expr | when.expr",
			Why: "A mistake in it would otherwise show in some rows only. An expression that could give a harm grade, the number of patients or the like would answer for people.",
			Fix: "Correct it at the line and column; go doc mapping.Field says what an expression may have.",
		},
		{
			ID: "MAP-SKIP", Title: "Rows that a map skips are skipped for a reason.", Severity: fhir.Error, Path: "skip.reason",
			Why: "The reason is shown with the row, so that nobody looks for a report that was never meant to be made.",
			Fix: "Say why such a row is not for LFPSE.",
		},
		{
			ID: "MAP-PRIVACY", Title: "The privacy settings of a map are possible, and applied.", Severity: fhir.Error, Path: "privacy",
			Why: "A misspelt setting would leave a class at its default, and one that nobody applies would let pass what the map means to stop. What belongs to a person of the row is never lowered.",
			Fix: "Name a class and one of inform, hold and block, as the page lfpse/rule/RULES.md lists them.",
		},
		{
			ID: "MAP-TYPE", Title: "A map fills the event type, from the four that there are, before what depends on it.", Severity: fhir.Error, Path: "fields.to | fields.for",
			Why: "Nearly everything that LFPSE asks depends on the event type.",
			Fix: "Let the first field be the one that fills type; in for, use incident, risk, outcome and good-care.",
		},
		{
			ID: "MAP-TARGET", Title: "A field fills a property that an event has.", Severity: fhir.Error, Path: "fields.to",
			Why: "A value without a place would be lost.",
			Fix: "Write the target as the schema of the event has it; what belongs to a patient stands under patients.",
		},
		{
			ID: "MAP-FIELD", Title: "A field has a source that its property can take.", Severity: fhir.Error, Path: "fields",
			Why: "Without one it would never be filled, or by something else than its author meant.",
			Fix: "Give the field a column, a context, a default or an ask that fits its target.",
		},
		{
			ID: "MAP-DEFAULT", Title: "A default is a value that its property can take.", Severity: fhir.Error, Path: "fields.default",
			Why: "It would be refused in every row.",
			Fix: "Correct the default, or leave it out and ask.",
		},
		{
			ID: "MAP-CLINICAL-DEFAULT", Title: "A map does not answer clinical questions for every row.", Severity: fhir.Warning, Path: "fields.default",
			Why: "How badly somebody was hurt, who was affected, what was involved and how concerned a person is differ from row to row. With a default the national data say something that nobody has said, such as that nobody was hurt.",
			Fix: "Leave the default out; give a column, or ask.",
		},
		{
			ID: "MAP-NEVER-DEFAULT", Title: "A map has no default for what only a person can say.", Severity: fhir.Error, Path: "fields.default",
			Why: "Harm, the number of patients, gender, whether it is the same as at birth, the level of concern and the involved agents are what a report is for. lfpse maps lint refuses a default for them; when a log is mapped it is a warning, MAP-CLINICAL-DEFAULT.",
			Fix: "Leave the default out; give a column, or ask.",
		},
		{
			ID: "MAP-PROFILE", Title: "A practice profile has constants of the practice only, and values that exist.", Severity: fhir.Error, Path: "constants | roles",
			Why: "What a profile says stands in every report. Harm, the number of patients, gender, concern and agents differ from event to event, and only people who know the event can say them.",
			Fix: "Keep to targets below reporter and location; lfpse taxonomy show --targets lists them, and their lists have the values.",
		},
		{
			ID: "MAP-WORDS", Title: "Each word of a word list stands for one value that its property can take.", Severity: fhir.Error, Path: "values",
			Why: "A word that stands for two things, or for nothing, would be a guess. Patterns have limits, so that a map cannot use up the memory.",
			Fix: "Correct the word list, or its name in the field; ask and absent can stand for a word too.",
		},
		{
			ID: "MAP-GENDER-CODES", Title: "A word list of bare digits for a gender says of which code system they are.", Severity: fhir.Error, Path: "values.system",
			Why: "The digit 1 is male in one code system and female in another.",
			Fix: "Declare the code system of the digits, or use words.",
		},
		{
			ID: "MAP-NEAR-MISS", Title: "A near miss is mapped to incident.", Severity: fhir.Warning, Path: "values",
			Why: "Something happened, though nobody was hurt. As a risk it would be counted as something that may happen one day.",
			Fix: "Let the word stand for incident.",
		},
		{
			ID: "MAP-UNUSED", Title: "Every word list of a map is used.", Severity: fhir.Warning, Path: "values",
			Why: "The field that was meant to use it takes cells as they are, or another list.",
			Fix: "Name it in the field that it is for, or take it out.",
		},
		{
			ID: "MAP-ANSWER-UNUSED", Title: "Every answer is for a row of the log.", Severity: fhir.Warning, Path: "answers",
			Why: "Somebody has answered for a row that is not there, so the answer is not sent.",
			Fix: "Correct the reference in the answers, or remove the line.",
		},
		{
			ID: "MAP-RELEASE", Title: "A release counts for the finding that it was given for.", Severity: fhir.Warning, Path: "releases",
			Why: "A person may release what the screen found in a text, with who and why. It counts for that very text only. Nobody may release what belongs to the people of the row, a number that the text itself calls an NHS, CHI, H&C or National Insurance number, an e-mail address or a telephone number. Who and why are kept, so they must not hold personal data.",
			Fix: "Read the text again; release it anew, or take the personal data out.",
		},
		{
			ID: "MAP-RELEASE-UNUSED", Title: "Every release is for a row of the log.", Severity: fhir.Warning, Path: "releases",
			Why: "Somebody has released a text of a row that is not there, so the release has no effect.",
			Fix: "Correct the reference in the releases, or remove the line.",
		},
	}},
}
