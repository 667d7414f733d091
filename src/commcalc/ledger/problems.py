"""What can be wrong with the ledger, and why a period may not be closed or opened again."""

from __future__ import annotations

from commcalc.base.problem import Kind


def _k(code: str, title: str, says: str, mend: str, page: tuple[str, str, str]) -> Kind:
    why, fails, works = page
    return Kind(code, title, says, mend, f"{why}\n\nFails: {fails}\nWorks: {works}")


NO_LEDGER = _k(
    "L001",
    "No ledger is named",
    "commcalc.yaml does not say where closed periods are kept",
    "add the line `ledger: {{file: ledger.sqlite}}`",
    (
        "What is closed is posted to a file of its own, which the project names.",
        "`commcalc close 2026-01 --by mia` in a project without `ledger:`",
        "ledger: {file: ledger.sqlite}",
    ),
)
CANNOT_USE = _k(
    "L002",
    "The ledger cannot be used",
    "{path} cannot be {done}: {why}",
    "{mend}; nothing was posted",
    (
        "The system does not let the file be read or written. A period is posted whole or not at all, so the ledger is as it was.",
        "a full disk, or a folder that may not be written",
        "room and permission",
    ),
)
NOT_A_LEDGER = _k(
    "L003",
    "Not a ledger",
    "{path} is {what}",
    "put the ledger back from a backup; a file that is none of ours is moved away, and left as it is",
    (
        "The file that `ledger:` names was not made by commcalc, or is no more what it was. It is left untouched.",
        "an empty file, a folder, a link or a text in the place of ledger.sqlite",
        "the file that `commcalc close` made",
    ),
)
NEWER = _k(
    "L004",
    "The ledger of a newer version",
    "{path} was made by {maker} and has form {found}; this program reads form {form}",
    "install that version",
    (
        "A newer version may keep more than this one knows of. The file is left untouched.",
        "a ledger closed by a newer commcalc",
        "the commcalc that made it, or a newer one",
    ),
)
STRAY = _k(
    "L005",
    "Files beside the ledger that are none of its own",
    "{path}: {what}",
    "see who has opened the ledger with another program; put it back from a backup",
    (
        "commcalc never uses SQLite's write-ahead log. Where there is one, another program wrote to the ledger, or files were mixed up.",
        "ledger.sqlite-wal beside ledger.sqlite",
        "ledger.sqlite alone",
    ),
)
DAMAGED = _k(
    "L006",
    "The ledger is damaged",
    "{path} cannot be read: {why}",
    "put it back from a backup, then `commcalc ledger verify`",
    (
        "SQLite itself finds that the file is not whole.",
        "a ledger that lost its second half",
        "a backup made by `commcalc ledger backup`",
    ),
)
NOT_ITS_FORM = _k(
    "L007",
    "The form of the ledger was changed",
    "{path}: {what}",
    "put it back from a backup, then `commcalc ledger verify`",
    (
        "Tables and triggers of the ledger are those that it was made with: triggers refuse that anything is changed or deleted.",
        "a ledger without the trigger that refuses deletion",
        "the ledger as commcalc made it",
    ),
)
ROW_CHANGED = _k(
    "L008",
    "What was posted was changed",
    "entry {entry} ({period}): {row} {what}",
    "put the ledger back from a backup, then `commcalc ledger verify`",
    (
        "Every row is numbered and marked by its content when it is posted, and every entry counts its rows.",
        "a posting whose amount was edited, deleted or put elsewhere",
        "corrections in the next period: an entry is never changed",
    ),
)
CHAIN = _k(
    "L009",
    "The chain of entries is broken",
    "entry {entry} ({period}) {what}",
    "put the ledger back from a backup, then `commcalc ledger verify`",
    (
        "Each entry carries the SHA-256 of the one before it, over the whole of its content, so that no entry can be changed alone.",
        "an entry that was edited, deleted or put elsewhere",
        "the ledger as it was posted",
    ),
)
UNBALANCED = _k(
    "L010",
    "An entry does not balance",
    "the postings of entry {entry} ({period}) add up to {sum} {currency}, not to zero",
    "put the ledger back from a backup, then `commcalc ledger verify`",
    ("Double entry: what one account gets another gives.", "a posting of 100.00 alone", "expense 100.00, payable -100.00"),
)
NOT_TIED = _k(
    "L011",
    "Postings and figures differ",
    "entry {entry} ({period}): {what} is {posted} by the postings and {stated} by what the run gave",
    "put the ledger back from a backup, then `commcalc ledger verify`",
    (
        "What is payable is the sum of the payments' steps, and each balance is the sum of all its postings.",
        "a balance of 500 for draws whose postings add up to 400",
        "the ledger as it was posted",
    ),
)
TAIL = _k(
    "L012",
    "Entries are lost",
    "{status} knows entry {entry} with the hash {hash}; {what}",
    "put back the ledger that has this entry",
    (
        "The status of each closed run keeps the hash of its entry. Where the ledger has no such entry, its end was cut off, or an "
        "older copy, or another ledger, was put in its place.",
        "last month's backup put back after this month was closed",
        "the ledger that the period was closed in",
    ),
)
LOCKED = _k(
    "L020",
    "Somebody else is closing",
    "the ledger is locked by {who}",
    "wait until that has ended, then run again",
    (
        "One posts at a time. The lock goes with the process that holds it, however it ends; nothing has to be removed by hand.",
        "two `commcalc close` at once",
        "one after the other",
    ),
)
OUT_OF_ORDER = _k(
    "L021",
    "Out of order",
    "{period} cannot be closed now: {why}",
    "{mend}",
    (
        "Periods are closed one after the other, without gap or overlap; the first may be any. What is posted is what later periods "
        "are compared with.",
        "March closed before February",
        "February, then March",
    ),
)
RUN_DIFFERS = _k(
    "L022",
    "Not the run that was looked at",
    "{period} calculated now is run {now}; {where} has run {then}: the inputs, plans or the program changed since",
    "commcalc calculate --period {period}, look at it, approve it, then close",
    (
        "Closing calculates once more and posts exactly the run that stands in the run folder and was approved, or nothing.",
        "a deal changed after `calculate`",
        "calculate, approve and close without a change between",
    ),
)
NOT_APPROVED = _k(
    "L023",
    "Not approved",
    "nobody has approved the run {run} of {period}",
    "commcalc approve {period} --by NAME",
    (
        "Somebody looks at a run before it is posted; `policy: {{approve: none}}` asks for nobody, `two people` for another than who closes.",
        "close straight after calculate",
        "calculate, approve, close",
    ),
)
SAME_PERSON = _k(
    "L024",
    "Approved and closed by one person",
    "{by} approved {period} and would close it too; the project asks for two people (policy: approve)",
    "let somebody else close, or approve",
    (
        "Who prepares pay does not approve it, where the project says so.",
        "approve --by mia, close --by mia",
        "approve --by ann, close --by mia",
    ),
)
EXCEPTIONS = _k(
    "L025",
    "Exceptions that nobody has acknowledged",
    "{count} of {period} not acknowledged: {ids}",
    "settle them in the inputs, or list each in the table `acknowledged` (exception_id, reason, author), then calculate again",
    (
        "An exception is a row that is not paid. It may stay only where somebody has looked at it; its id changes when its row does.",
        "close with a deal of an unknown owner",
        "the owner mended, or the exception's id with a reason in acknowledged.csv",
    ),
)
CLOSED_OTHERWISE = _k(
    "L026",
    "Closed with another run",
    "{period} was closed by {by} with run {then}; calculated now it is run {now}",
    "leave it: the next open period pays the difference; or `commcalc reopen {period}`, where it is the latest",
    (
        "A closed period is never rewritten. What has become known since is paid in the period that is open.",
        "close, a changed deal, close again",
        "close, a changed deal, calculate and close the next period",
    ),
)
NOTHING = _k(
    "L027",
    "Nothing to post",
    "{period} has no lines and no payments",
    "see that the deals are there; where it is meant so, close with --allow-empty",
    (
        "A period in which nobody earns anything is more often a missing file than a quiet month.",
        "close before the month's deals came",
        "commcalc close 2026-01 --by mia --allow-empty",
    ),
)
NOT_LATEST = _k(
    "L028",
    "Not the latest closed period",
    "{period} {what}",
    "{mend}",
    (
        "Only the latest closed period is opened again: what came after it was posted against it.",
        "reopen January where February is closed",
        "reopen February, then January",
    ),
)
CLOSED = _k(
    "L029",
    "Closed already",
    "{period} was closed by {by}: a run of it is not approved any more",
    "where it has to be paid otherwise and is the latest: commcalc reopen {period} --by NAME --reason TEXT",
    ("A run is approved before it is posted.", "close, then approve", "approve, then close"),
)
STATUS = _k(
    "L030",
    "Posted, but the run folder does not know",
    "{period}: it is in the ledger (entry {entry}); {path} cannot be written: {why}",
    "make room or give permission, then run the same command again: it posts nothing twice",
    (
        "Posting comes first; the run folder says it afterwards, and is told again by the same command.",
        "a disk that is full just then",
        "the same command once more",
    ),
)
NOT_CLOSED = _k(
    "L031",
    "Not closed",
    "{period} is not closed{closed}",
    "close it first: commcalc close {period} --by NAME{draft}",
    (
        "Payroll is paid what has been approved and posted, and nothing that may still change.",
        "export payroll of an open period",
        "commcalc close 2026-01 --by mia, then commcalc export payroll 2026-01",
    ),
)
TWO_EMPLOYEES = _k(
    "L032",
    "One id in payroll for two payees",
    "`{id}` is the employee id of {payees}",
    "give each payee their own `employee_id` in the payees table",
    (
        "Payroll knows people by their employee id; what two of them are paid could not be told apart when it is read back.",
        "employee_id 1001 in the rows of ann and of ben",
        "1001 and 1002",
    ),
)
REGISTER = _k(
    "L033",
    "Not a payroll register",
    "{what}",
    "{mend}",
    (
        "The register is read back in the layout that is exported: `employee_id`, `amount` and `currency`, whatever else is there.",
        "a file without a column employee_id",
        "employee_id,amount,currency",
    ),
)
READ_BACK = _k(
    "L034",
    "Read back before",
    "{file} was read back already: entry {entry}, by {by}",
    "read each register once; a correction is a register of its own",
    (
        "What was paid is posted once. The same file again, whatever its name, would count it twice.",
        "ledger paid 2026-01 register.csv, twice",
        "the register of the correction",
    ),
)
UNRATED = _k(
    "L035",
    "No rate to pay by",
    "{payee} is paid in {currency}, and {amount} of it have no rate",
    "give the rate in the table `fx`, and close the period again",
    (
        "Payroll pays in the payee's currency. Without a rate there is no amount.",
        "a payee in EUR and no rate of the day",
        "a row of the day in fx.csv",
    ),
)
CHANGED_SINCE = _k(
    "L036",
    "Changed while it was closed",
    "{file} is not any more what the run was made from",
    "see that nobody writes to it, then close again",
    (
        "What a closed period was made from is kept with it. A file that changes between the reading and the keeping is neither.",
        "an export that is still being written",
        "the export, once it is whole",
    ),
)
NOT_REPRODUCED = _k(
    "L037",
    "Not reproduced",
    "{period}: {what}",
    "{mend}",
    (
        "A closed period is worked out again from what it was made from: the same files, after the same closed periods.",
        "a file of a closed period that is not kept, and is another in the project now",
        "the file as it was, in its place",
    ),
)
KINDS: tuple[Kind, ...] = (
    CHANGED_SINCE, NOT_REPRODUCED, NOT_CLOSED, TWO_EMPLOYEES, REGISTER, READ_BACK, UNRATED, NO_LEDGER, CANNOT_USE, NOT_A_LEDGER, NEWER, STRAY, DAMAGED, NOT_ITS_FORM, ROW_CHANGED, CHAIN, UNBALANCED, NOT_TIED, TAIL,
    LOCKED, OUT_OF_ORDER, RUN_DIFFERS, NOT_APPROVED, SAME_PERSON, EXCEPTIONS, CLOSED_OTHERWISE, NOTHING, NOT_LATEST, CLOSED, STATUS,
)  # fmt: skip
INPUT, ENVIRONMENT, INTEGRITY, CONTROL = 1, 3, 4, 5
EXIT = {
    NO_LEDGER.code: INPUT,
    CANNOT_USE.code: ENVIRONMENT,
    **{k.code: INPUT for k in (TWO_EMPLOYEES, REGISTER, UNRATED)},
    **{k.code: CONTROL for k in (NOT_CLOSED, READ_BACK, CHANGED_SINCE)},
    NOT_REPRODUCED.code: INTEGRITY,
    STATUS.code: ENVIRONMENT,
    **{
        k.code: INTEGRITY
        for k in (NOT_A_LEDGER, NEWER, STRAY, DAMAGED, NOT_ITS_FORM, ROW_CHANGED, CHAIN, UNBALANCED, NOT_TIED, TAIL)
    },
    **{
        k.code: CONTROL
        for k in (
            LOCKED, OUT_OF_ORDER, RUN_DIFFERS, NOT_APPROVED, SAME_PERSON, EXCEPTIONS, CLOSED_OTHERWISE, NOTHING, NOT_LATEST, CLOSED,
        )
    },
}  # fmt: skip
"""How the program ends with each."""
