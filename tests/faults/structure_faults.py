"""Faults of bytes and structure: F001 to F035, and paths that lead out of the project (F142)."""

from __future__ import annotations

import codecs
import gzip

from small_project import GOOD, HEADER, Fault, deals, read

RAW = GOOD.encode()
ROW = b"D3,cy,2026-01-07,1.00\n"
RATES = """plan: sales
version: 2026.1
effective: 2026-01-01 .. 2026-12-31
currency: USD
measures: {{booked: {{sum: amount, window: month}}}}
components: {{c: {{kind: commission, on: booked, rate: {{by: [product], rows: {}}}}}}}
payment: {{every: month, negative: carry}}
"""

STRUCTURE = (
    Fault("F001 byte order mark", {"deals": codecs.BOM_UTF8 + RAW}, pays="ann 5 bob 12.53"),
    Fault("F002 UTF-16 with a mark", {"deals": GOOD.encode("utf-16")}, says=("D010 1",), shows=("UTF-16", "encoding: utf-16")),
    Fault("F002 UTF-16 named in the mapping", {"deals": GOOD.encode("utf-16")}, read(encoding="utf-16"), pays="ann 5 bob 12.53"),
    Fault("F003 UTF-16 without a mark", {"deals": GOOD.encode("utf-16-le")}, says=("D010 1",), shows=("UTF-16",)),
    Fault("F003 UTF-16, the other way round", {"deals": GOOD.encode("utf-16-be")}, says=("D010 1",)),
    Fault(
        "F004 latin-1", {"deals": RAW + b"D3,M\xfcller,2026-01-07,1.00\n"}, says=("D010 4",),
        shows=("0xfc", f"offset {len(RAW) + 4}", "encoding: cp1252", "Windows-1252"),
    ),
    Fault("F004 latin-1 named in the mapping", {"deals": RAW + b"D3,M\xfcller,2026-01-07,1.00\n"}, read(encoding="cp1252"), pays="ann 5 bob 12.53", lists=("K101 4",), account="exception 1"),
    Fault("F004 a byte that cp1252 does not have", {"deals": RAW + b"D3,\x81,2026-01-07,1\n"}, read(encoding="cp1252"), says=("D010 4",)),
    Fault("F005 one bad byte on line 90,001", {
        "deals": (HEADER + "".join(f"D{i},ann,2026-01-05,1.00\n" for i in range(2, 90_001))).encode() + b"D\x80,ann,2026-01-05,1.00\n",
    }, says=("D010 90001",)),
    Fault("F006 NUL in a field", {"deals": RAW + b"D3,A\x00B,2026-01-07,1.00\n"}, says=("D011 4",), shows=("U+0000",)),
    Fault("F007 bell", {"deals": RAW + b"D3,A\x07,2026-01-07,1.00\n"}, says=("D011 4",), shows=("U+0007",)),
    Fault("F007 terminal escape", {"deals": RAW + b"D3,\x1b[31mAnn,2026-01-07,1.00\n"}, says=("D011 4",), shows=("U+001B",)),
    Fault("F007 two rows", {"deals": HEADER.encode() + b"D\x07,ann,2026-01-07,1\nE,b\x07,2026-01-07,1\n"}, says=("D011 2",), shows=("2",)),
    Fault("F008 CRLF", {"deals": RAW.replace(b"\n", b"\r\n")}, pays="ann 5 bob 12.53", amounts=("100", "250.5")),
    Fault("F009 CR alone", {"deals": RAW.replace(b"\n", b"\r")}, says=("D012 1",)),
    Fault("F009 one CR alone among LF", {"deals": RAW + b"D3,cy,2026-01-07,1.00\rD4,cy,2026-01-07,1.00\n"}, says=("D012 4",)),
    Fault("F010 CRLF and LF", {"deals": RAW + b"D3,cy,2026-01-07,1.00\r\n"}, pays="ann 5 bob 12.53 cy 0.05"),
    Fault("F011 no bytes", {"deals": b""}, says=("D013 1",)),
    Fault("F011 nothing but line ends", {"deals": b"\n\n"}, says=("D013 1",)),
    Fault("F012 header only", {"deals": HEADER.encode()}, pays="", warns=("D014 13",), shows=("0 deals",)),
    Fault("F013 no header", {"deals": b"D1,ann,2026-01-05,100.00\nD2,bob,2026-01-06,250.50\n"}, says=("D015", "D015", "D015"), shows=("deal_id", "amount", "close_date")),
    Fault("F014 amount missing", deals("D1,ann,2026-01-05,1", header="deal_id,owner,close_date,amonut\n"), says=("D015",), shows=("did you mean `amonut`?",)),
    Fault("F014 the credit date missing", deals("D1,ann,1", header="deal_id,owner,amount\n"), says=("D015",), shows=("close_date",)),
    Fault("F014 a mapped header missing", deals("D1,ann,2026-01-05,1"), {"deals": {"columns": {"deal_id": "Id"}}}, says=("D015",)),
    Fault("F015 header twice", deals("D1,ann,2026-01-05,1,1", header="deal_id,owner,close_date,amount,amount\n"), says=("D016 1",)),
    Fault("F016 header twice but for case", deals("D1,ann,2026-01-05,1,1", header="deal_id,owner,close_date,Amount, amount \n"), says=("D016 1",)),
    Fault("F017 spaces in a header", deals("D1,ann,2026-01-05,1", header=" deal_id ,owner,close_date,amount\n"), says=("D017 1",), shows=("trim: yes",)),
    Fault("F017 spaces trimmed by the mapping", deals(" D1,ann ,2026-01-05, 1", header=" deal_id ,owner,close_date,amount\n"), read(trim="yes"), pays="ann 0.05"),
    Fault("F018 a column more", deals("D1,ann,2026-01-05,1,x", header="deal_id,owner,close_date,amount,note\n"), pays="ann 0.05"),
    Fault("F019 a short row", {"deals": RAW + b"D3,cy,2026-01-07\n" + ROW}, says=("D018 4",)),
    Fault("F020 a long row", {"deals": RAW + b"D3,Acme, Inc,2026-01-07,1.00\n"}, says=("D018 4",), shows=("5 fields", "4")),
    Fault("F020 a separator too many at the very end", {"deals": RAW + b"D3,cy,2026-01-07\nD4,cy,2026-01-07,1.00,"}, says=("D018 4", "D018 5")),
    Fault("F020 a short row beside a long one", {"deals": RAW + b"D3,cy,2026-01-07\nD4,cy,x,2026-01-07,1.00\n"}, says=("D018 4", "D018 5")),
    Fault("F021 a blank line in the middle", deals("D1,ann,2026-01-05,1", "", "D2,ann,2026-01-05,2"), pays="ann 0.15", amounts=("1", "2")),
    Fault("F021 a fault after a blank line", deals("D1,ann,2026-01-05,1", "", "D2,ann,2026-01-05,x"), says=("D031 4",)),
    Fault("F022 blank lines at the end", {"deals": RAW + b"\n\n"}, pays="ann 5 bob 12.53"),
    Fault("F022 no line end at the end", {"deals": RAW.rstrip(b"\n")}, pays="ann 5 bob 12.53"),
    Fault("F023 a line end in a quoted field", deals('D1,"Acme\nInc",2026-01-05,1', "D2,ann,2026-01-05,x"), says=("D031 4",)),
    Fault("F024 a quote never closed", deals("D1,ann,2026-01-05,1", 'D2,"Acme,2026-01-05,1', "D3,ann,2026-01-05,1"), says=("D019 3",)),
    Fault("F025 a quote inside a field", deals('D1,Ac"me,2026-01-05,1'), says=("D019 2",)),
    Fault("F025 text after a closed quote", deals('D1,"Ac"me,2026-01-05,1'), says=("D019 2",)),
    Fault("F026 doubled quotes", deals('"Say ""hi""",ann,2026-01-05,1'), pays="ann 0.05"),
    Fault("F026 an empty quoted field is empty", deals('D1,ann,2026-01-05,""'), says=("D030 2",)),
    Fault("F027 semicolons", {"deals": RAW.replace(b",", b";")}, says=("D020 1",), shows=("delimiter: ';'",)),
    Fault("F027 tabs", {"deals": RAW.replace(b",", b"\t")}, says=("D020 1",), shows=("delimiter: 'tab'",)),
    Fault("F027 semicolons named in the mapping", {"deals": RAW.replace(b",", b";")}, read(delimiter=";"), pays="ann 5 bob 12.53"),
    Fault("F027 tabs named in the mapping", {"deals": RAW.replace(b",", b"\t")}, read(delimiter="tab"), pays="ann 5 bob 12.53"),
    Fault("F028 sep= line", {"deals": b"sep=;\n" + RAW}, says=("D021 1",)),
    Fault("F029 a field of 10 MB", deals(f"D1,{'a' * 10_000_000},2026-01-05,1"), says=("D022 2",)),
    Fault("F029 a quoted field of 10 MB", deals(f'D1,"{"a" * 10_000_000}",2026-01-05,1'), says=("D022 2",)),
    Fault("F030 100,000 columns", deals(header=",".join(f"c{i}" for i in range(100_000)) + "\n"), says=("D022 1",)),
    Fault("F033 gzip", {"deals": gzip.compress(RAW)}, says=("D024 1",), shows=("gzip",)),
    Fault("F033 a workbook", {"deals": b"PK\x03\x04 and so on"}, says=("D024 1",), shows=("workbook",)),
    Fault("F034 the header again", {"deals": RAW + HEADER.encode() + ROW}, says=("D025 4",)),
    Fault("F034 the header again, with quotes about", {"deals": RAW + HEADER.encode() + b'"D3",cy,2026-01-07,1.00\n'}, says=("D025 4",)),
    Fault("F035 a total row with its word", {"deals": RAW + b"TOTAL,,,350.50\n"}, says=("D026 4",), shows=("skip_footer: 1",)),
    Fault("F035 a total row without an id", {"deals": RAW + b",,,350.50\n"}, says=("D026 4", "D030 4"), shows=("skip_footer: 1",)),
    Fault("F035 a footer that the mapping names", {"deals": RAW + b"TOTAL,,,350.50\n"}, {"deals": {"read": {"skip_footer": "1"}}}, pays="ann 5 bob 12.53"),
    Fault("F142 an absolute path", {}, {"deals": {"file": "/etc/passwd"}}, says=("D004",)),
    Fault("F142 a path upwards", {}, {"deals": {"file": "../../etc/passwd"}}, says=("D004",)),
    Fault("F142 an address", {}, {"deals": {"file": "https://example.com/deals.csv"}}, says=("D004",)),
    Fault("F142 a look-up upwards", {}, {"deals": {"look_up": [{"in": "../x.csv", "by": "owner", "take": {"a": "b"}}]}}, says=("D004",)),
    Fault("F142 aliases of values upwards", {}, {"deals": {"values": {"owner": "../x.csv"}}}, says=("D004",)),
    Fault("F142 a network path", {}, {"deals": {"file": "\\\\server\\deals.csv"}}, says=("D004",)),
    Fault("F142 a drive", {}, {"deals": {"file": "C:\\deals.csv"}}, says=("D004",)),
    Fault("F142 the home folder", {}, {"deals": {"file": "~/deals.csv"}}, says=("D004",)),
    Fault("F142 upwards inside the path", {}, {"deals": {"file": "data/../../deals.csv"}}, says=("D004",)),
    Fault("F142 a pattern upwards", {}, {"deals": {"file": "../*/deals.csv"}}, says=("D004",)),
    Fault("F142 a plan's table upwards", plan=RATES.format("../../rates.csv"), says=("P014 6",)),
    Fault("F142 a plan's table by an absolute path", plan=RATES.format("/etc/passwd.csv"), says=("P014 6",)),
    Fault("F142 a plan's table at an address", plan=RATES.format("https://example.com/rates.csv"), says=("P014 6",)),
    Fault("a pattern that is none", {}, {"deals": {"file": "data/**x.csv"}}, says=("D003",), status=3),
    Fault("a pattern that finds nothing", {}, {"deals": {"file": "data/d*.txt"}}, says=("D003",), status=3),
    Fault("F032 a folder with a slash", {}, {"deals": {"file": "data/"}}, says=("D005",), status=3),
    Fault("no such file", {}, {"deals": {"file": "data/deal.csv"}}, says=("D003",), shows=("did you mean `data/deals.csv`?",), status=3),
    Fault("F032 a folder", {}, {"deals": {"file": "data"}}, says=("D005",), status=3),
    Fault("F147 a newer project file", project={"commcalc": "2"}, says=("D002",), shows=("version 2",)),
    Fault("F242 a table of news, without what was there before", {}, {"deals": {"holds": "news"}}, says=("D068",)),
    Fault("a table of the language that is not read yet", {"absences": b"payee_id\nann\n"}, says=("D006",)),
    Fault("a header that is a pattern", deals("D1,ann,2026-01-05,1,x", header="deal_id,owner,close_date,amount,^.*$\n"), says=("D028 1",)),
    Fault("a header that is a star", deals("D1,ann,2026-01-05,1,x", header="deal_id,owner,close_date,amount,*\n"), says=("D028 1",)),
    Fault("a column of our own name for rows", deals("D1,ann,2026-01-05,1,x", header="deal_id,owner,close_date,amount,~line\n"), says=("D028 1",)),
)  # fmt: skip
