"""Faults of crediting rules and territories: what the rules say, what the table says, and deals that they do not decide."""

from __future__ import annotations

from typing import Any

from small_project import Fault, deals

R = "deal_id,owner,close_date,amount,region\n"
TWO = deals("D1,ann,2026-01-05,100,EMEA", "D2,ann,2026-01-06,200,APAC", header=R)
T = "region,payee_id,from,to,share\n"


def _rules(*rules: dict[str, str], match: str = "all") -> dict[str, Any]:
    return {"crediting": {"match": match, "rules": [{"rule": f"rule-{n}", **r} for n, r in enumerate(rules, 1)]}}


def _lands(*rows: str, header: str = T) -> dict[str, bytes]:
    return {**TWO, "territories": (header + "".join(f"{r}\n" for r in rows)).encode()}


BY_TABLE = _rules({"table": "territories"}, match="first")
KEY = {"territories": {"key": ["region"]}}

CREDITING = (
    Fault("two rules of one name", project=_rules({"to": "owner", "share": "50%"}, {"rule": "rule-1", "to": "owner", "share": "50%"}), says=("D070",), shows=("rule-1",)),
    Fault("a misspelt column in `to`", project=_rules({"to": "ownr"}), says=("D071",), shows=("did you mean `owner`?", "to: owner")),
    Fault("an amount in `to`", project=_rules({"to": "amount"}), says=("D071",)),
    Fault("a rule by a table that is not there", project=BY_TABLE, says=("D072",), shows=("key: [region]",)),
    Fault("a table without a key", _lands("EMEA,ann,2026-01-01,,"), project=BY_TABLE, says=("D072",), shows=("key: [region",)),
    Fault("a key that deals lack", _lands("EMEA,ann,2026-01-01,,"), {"territories": {"key": ["land"]}}, project=BY_TABLE, says=("D072", "D015 1")),
    Fault("a key that the file lacks", _lands("ann,2026-01-01", header="payee_id,from\n"), KEY, project=BY_TABLE, says=("D015 1",), shows=("`region`",)),
    Fault("a share of nothing", project=_rules({"to": "owner", "share": "0%"}), says=("D073",)),
    Fault("a share above the whole", project=_rules({"to": "owner", "share": "3/2"}), says=("D073",)),
    Fault("`of` without equal", project=_rules({"payees": "payee.payee_id = 'bob'", "share": "50%", "of": "50%"}), says=("D073",)),
    Fault("half of an owner where one rule is asked", project=_rules({"to": "owner", "share": "50%"}, match="first"), says=("D073",), shows=("match: all",)),
    Fault("a rule that is no condition", project=_rules({"when": "amount", "nobody": "yes"}), says=("D074",)),
    Fault("a payee in `when`", project=_rules({"when": "payee.name = 'Ann'", "nobody": "yes"}), says=("D074",), shows=("payees:",)),
    Fault("a misspelt name in `payees`", project=_rules({"payees": "payee.nam = 'Ann'"}), says=("X005",), shows=("payee.name",)),
    Fault("a misspelt marker", project=_rules({"payes": "payee.name = 'Ann'"}), says=("P001",), shows=("payees",)),
    Fault("a rule about a column that no file has", project=_rules({"when": "segment = 'SMB'", "nobody": "yes"}), says=("D015",), shows=("segment",)),
    Fault("a territory of a stranger", _lands("EMEA,anne,2026-01-01,,"), KEY, project=BY_TABLE, says=("D054 2",), shows=("did you mean `ann`?",)),
    Fault("a territory that ends before it begins", _lands("EMEA,ann,2026-02-01,2026-01-01,"), KEY, project=BY_TABLE, says=("D053 2",)),
    Fault("one payee twice in a territory on a day", _lands("EMEA,ann,2026-01-01,,", "EMEA,ann,2026-01-05,,"), KEY, project=BY_TABLE, says=("D052 3",)),
    Fault("a share of a territory without its sign", _lands("EMEA,ann,2026-01-01,,0.5"), KEY, project=BY_TABLE, says=("D037 2",)),
    Fault("a territory that none has", _lands("EMEA,bob,2026-01-01,,"), KEY, project=BY_TABLE, pays="bob 5.00", account="left out 1"),
    Fault("a house account", TWO, project=_rules({"when": "region = 'EMEA'", "nobody": "yes"}), pays="ann 10.00", account="left out 1"),
    Fault("a deal whose rule meets an empty field", deals("D1,ann,2026-01-05,100,", "D2,ann,2026-01-06,200,APAC", header=R), project=_rules({"when": "region = 'EMEA'", "nobody": "yes"}), pays="ann 10.00", lists=("K105 2",), account="exception 1", shows=("K105", "`region` is empty")),
    Fault("a deal whose rule names a stranger", deals("D1,ann,2026-01-05,100,bbo", header=R.replace("region", "helper")), {"deals": {"types": {"helper": "payee"}}}, project=_rules({"to": "helper"}), pays="", lists=("K106 2",), account="exception 1", shows=("K106", "bob")),
    Fault("owner shares of two rules", TWO, project=_rules({"to": "owner"}, {"when": "region = 'EMEA'", "to": "owner"}), pays="ann 10.00", lists=("K107 2",), account="exception 1", shows=("K107", "200%")),
    Fault("nobody owns the deals but the rules say who", deals("D1,2026-01-05,100", header="deal_id,close_date,amount\n"), project=_rules({"payees": "payee.payee_id = 'bob'"}), pays="bob 5.00"),
)  # fmt: skip
