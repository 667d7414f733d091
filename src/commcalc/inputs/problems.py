"""What can be wrong with the files that come in."""

from __future__ import annotations

from commcalc.base.problem import Kind, Severity


def _k(code: str, title: str, says: str, mend: str, page: tuple[str, str, str], severity: Severity = "error") -> Kind:
    why, fails, works = page
    return Kind(code, title, says, mend, f"{why}\n\nFails: {fails}\nWorks: {works}", severity)


NO_PROJECT = _k(
    "D001",
    "No project",
    "there is no commcalc.yaml in {folder} or above it",
    "go to the project's folder, name it with --project, or make one: `commcalc init`",
    (
        "A project is a folder with commcalc.yaml.",
        "commcalc calculate in an empty folder",
        "commcalc init, then commcalc calculate",
    ),
)
NEWER = _k(
    "D002",
    "Made for another version",
    "this project file says `commcalc: {found}`; this program reads version 1",
    "install a commcalc that reads version {found}",
    ("The project file begins with the version of its own language.", "commcalc: 2", "commcalc: 1"),
)
NO_FILE = _k(
    "D003",
    "No such file",
    "there is no file `{path}`",
    "mend the path{near}",
    ("Paths are relative to commcalc.yaml.", "file: data/deal.csv", "file: data/deals.csv"),
)
PATH = _k(
    "D004",
    "Path leaves the project",
    "`{path}` {why}",
    "put the file into the project's folder and write its path from there",
    (
        "A project reads its own folder only: no absolute paths, no `..`, no addresses, no links that lead out.",
        "file: ../../etc/passwd",
        "file: data/deals.csv",
    ),
)
NOT_A_FILE = _k(
    "D005",
    "Not a plain file",
    "`{path}` is {what}",
    "name a CSV file",
    ("Only plain files are read: no folders, pipes or devices.", "file: data", "file: data/deals.csv"),
)
LATER_TABLE = _k(
    "D006",
    "Not read yet",
    "the table `{name}` is part of the language; this version does not read it yet",
    "leave it out for now",
    ("A table that would change pay is refused until it is read.", "tables: {events: ...}", "the project without it"),
)
NEWS = _k(
    "D068",
    "A table of news is not read yet",
    "`{name}` holds news: what earlier files held would be missing, and pay that hangs on it would be wrong",
    "give all rows each time, and write `holds: everything`",
    (
        "A file of news lacks the deals of earlier months, on which tiers, quotas and returns depend. Until the tables of closed\nperiods are kept and read beside it, such a table is refused.",
        "deals: {file: deals.csv, holds: news}",
        "deals: {file: deals.csv, holds: everything}",
    ),
)
NO_TABLE = _k(
    "D007",
    "A table is missing",
    "the project lacks the table `{name}`",
    "add it under `tables:`",
    ("Every project needs deals, payees and assignments.", "a project without payees", "payees: {file: data/payees.csv}"),
)
CANNOT_READ = _k(
    "D008",
    "A file that cannot be read",
    "`{path}` cannot be read: {why}",
    "see that it is there and that you may read it, then run again",
    ("The system does not let the file be read.", "a file that only its owner may read", "a file that you may read"),
)
ENCODING = _k(
    "D010",
    "Not UTF-8",
    "{what}",
    "{mend}",
    (
        "Files are UTF-8 unless the table's `read:` names another encoding.",
        "a file saved as Windows-1252",
        "read: {encoding: cp1252}",
    ),
)
CONTROL = _k(
    "D011",
    "A control character",
    "the field holds the control character U+{point}",
    "remove it from the source",
    ("Control characters in names or amounts are damage, or an attack on the terminal.", "`A\\x00B`", "`AB`"),
)
LINE_ENDS = _k(
    "D012",
    "Line ends",
    "{what}",
    "save it with LF or CRLF",
    ("Old line ends make one line of the whole file.", "CR", "LF or CRLF"),
)
EMPTY_FILE = _k(
    "D013",
    "Empty file",
    "the file has nothing in it",
    "export it again; the first line must be the header",
    ("An empty file is a failed export.", "0 bytes", "a header and rows"),
)
NO_ROWS = _k(
    "D014",
    "No rows",
    "the file has a header and 0 {table}",
    "export it again, if that is not meant",
    ("A file without rows may be right, and often is not.", "only a header", "a header and rows"),
    "warning",
)
NO_COLUMN = _k(
    "D015",
    "A column is missing",
    "the file has no column `{column}`{near}",
    "{mend}",
    ("Every table has columns that it cannot do without.", "amonut", "columns: {amount: amonut}"),
)
TWO_HEADERS = _k(
    "D016",
    "A header twice",
    "the header `{column}` stands twice",
    "rename one of the two",
    (
        "Two columns of one name leave it open which was meant; names equal but for case or spaces too.",
        "amount,amount",
        "amount,list_amount",
    ),
)
HEADER_SPACES = _k(
    "D017",
    "Spaces in a header",
    "the header `{column}` has spaces around it",
    "write `read: {{trim: yes}}` for this table, or mend the file",
    ("Spaces around a name are kept unless the mapping says to trim.", "` deal_id `", "read: {trim: yes}"),
)
FIELDS = _k(
    "D018",
    "Fields in a row",
    "this row has {found} fields, the header {wanted}",
    "{mend}",
    (
        "A row with fewer or more fields than the header is cut or shifted: often an unquoted comma in a name.",
        "D1,Acme, Inc,100",
        'D1,"Acme, Inc",100',
    ),
)
QUOTE = _k(
    "D019",
    "A quote",
    "{what}",
    "{mend}",
    ("A quote opens a field at its start and closes it at its end; inside it is doubled.", 'Ac"me', '"Ac""me"'),
)
SEPARATOR = _k(
    "D020",
    "Another separator",
    "found `{found}` as separator",
    "write `read: {{delimiter: '{found}'}}` for this table",
    ("Fields are parted by commas unless the mapping says otherwise.", "deal_id;amount", "read: {delimiter: ';'}"),
)
SEP_LINE = _k(
    "D021",
    "A line for a spreadsheet",
    "the first line is `{line}`",
    "remove it",
    ("Spreadsheets write `sep=;` for themselves.", "sep=;", "the header first"),
)
LIMIT = _k(
    "D022",
    "Over a limit",
    "{what}",
    "look at the file: something is wrong with it",
    ("A field has at most 64 KiB, a file at most 2,000 columns.", "a field of 10 MB", "a field"),
)
CHANGED = _k(
    "D023",
    "Changed while read",
    "the file changed while it was read",
    "wait until it is written, then run again",
    ("A file that grows or shrinks while it is read is half of something.", "an export under way", "a finished export"),
)
NOT_CSV = _k(
    "D024",
    "Not a CSV file",
    "the file is {what}, whatever its name says",
    "{mend}",
    ("The first bytes of a file tell what it is.", "deals.csv that is a workbook", "the workbook saved as CSV"),
)
HEADER_AGAIN = _k(
    "D025",
    "The header again",
    "the header stands again in this row",
    "remove it: two exports were put together",
    ("Exports put one after the other bring their headers.", "a header in row 500", "one header"),
)
TOTAL_ROW = _k(
    "D026",
    "A total row",
    "this looks like a total row: `{text}`",
    "remove it, or write `read: {{skip_footer: 1}}`",
    ("A total is not a deal.", "TOTAL,,12345.00", "rows of deals only"),
)
HEADERS_DIFFER = _k(
    "D027",
    "Headers differ",
    "the header differs from that of `{first}`",
    "export both files with the same columns",
    ("Files of one pattern are one table.", "two files with other columns", "two files with the same columns"),
)
HEADER = _k(
    "D028",
    "Not a header",
    "`{column}` cannot be a header: {why}",
    "rename it in the file",
    ("A header names a column; names that begin with ~ are the program's own.", "~line", "line"),
)
TWO_WRITINGS = _k(
    "D029",
    "One name, written in two ways",
    "`{text}` is stored in another way than it looks: an accent is a character of its own",
    "nothing has to be done; mend it at the source if it happens often",
    (
        "Two systems may store é as one character or as two. Both are taken as one, and that is said.",
        "e and a combining accent",
        "é",
    ),
    "warning",
)
NOT_IN_REF = _k(
    "D009",
    "No project there",
    "git has no `{file}` at `{ref}`",
    "name a branch, tag or commit that holds the project",
    (
        "A dry run reads the project as git has it: commcalc.yaml, plans, and those tables that git keeps.",
        "a branch from before the project",
        "a branch of the project",
    ),
)
KINDS: tuple[Kind, ...] = tuple(v for v in globals().values() if isinstance(v, Kind))
