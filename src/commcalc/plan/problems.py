"""What can be wrong with plan files as files: names, folders and tables beside them."""

from __future__ import annotations

from commcalc.base.problem import Kind

NO_PLANS = Kind(
    "P010",
    "No plans",
    "there is no plan in {folder}/plans",
    "write one, or let `commcalc init` make one",
    "Plans are YAML files in the folder `plans`.\n\nFails: an empty folder\nWorks: plans/sales-rep.yaml",
)
FILE_NAME = Kind(
    "P012",
    "File and plan have different names",
    "the plan is called `{plan}`, its file `{file}`",
    "rename the file to {plan}.yaml",
    "A plan is found by its name, so its file has the same.\n\nFails: plan: sales-rep in rep.yaml\nWorks: plan: sales-rep in sales-rep.yaml",
)
SAME_NAME = Kind(
    "P013",
    "Two plans of one name",
    "another plan is called `{plan}`",
    "rename one of them",
    "Names are told apart regardless of case and of - or _.\n\nFails: sales-rep and Sales_Rep\nWorks: sales-rep and sales-lead",
)
OUTSIDE = Kind(
    "P014",
    "Path leaves the project",
    "`{path}` leads out of the project",
    "put the file beside the plan",
    "A plan reads files of its own project only.\n\nFails: rows: ../../rates.csv\nWorks: rows: rates.csv",
)
TABLE_FILE = Kind(
    "P015",
    "No such table file",
    "there is no file `{path}` beside the plan",
    "mend the name",
    "Long tables may stand in a CSV file beside the plan.\n\nFails: rows: rats.csv\nWorks: rows: rates.csv",
)
NOT_A_FILE = Kind(
    "P016",
    "Not a plain file",
    "`{path}` is a folder, a pipe or a link to nothing, and no plan",
    "take it away, or give it another ending than .yaml",
    "Plans are plain files.\n\nFails: a folder called plans/old.yaml\nWorks: a folder called plans/old",
)
UNREADABLE = Kind(
    "P017",
    "A table file that cannot be read",
    "`{path}` cannot be read: {what}",
    "save it as CSV in UTF-8, with a header and commas between the cells",
    "A table's file is CSV in UTF-8; its first line is a header.\n\nFails: rows: rates.csv, saved as UTF-16\nWorks: rows: rates.csv",
)
KINDS: tuple[Kind, ...] = (NO_PLANS, FILE_NAME, SAME_NAME, OUTSIDE, TABLE_FILE, NOT_A_FILE, UNREADABLE)
