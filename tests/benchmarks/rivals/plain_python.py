"""A plain Python loop over csv rows with Decimal: exact, nothing checked, no trace written."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal

from terms import PERCENT, SPIFF_FIRST, SPIFF_PAY, SPIFF_PRODUCT, TIERS, folders, write_payouts

CENT = Decimal("0.01")
data, out = folders()
rates = {product: Decimal(percent) / 100 for product, percent in PERCENT.items()}
starts, factors = [Decimal(start) for start, _ in TIERS], [Decimal(factor) for _, factor in TIERS]
with (data / "quotas.csv").open(encoding="utf-8", newline="") as file:
    quotas = {row["payee_id"]: Decimal(row["amount"]) for row in csv.DictReader(file)}
by_owner = defaultdict(list)
with (data / "deals.csv").open(encoding="utf-8", newline="") as file:
    rows = csv.reader(file)
    next(rows)
    for deal, owner, day, amount, product, _, _ in rows:
        by_owner[owner].append((day, deal, Decimal(amount), product))
paid: Counter[tuple[str, str]] = Counter()
for owner, deals in by_owner.items():
    cuts = [start * quotas[owner] for start in starts]
    before, sales = Decimal(0), 0
    for day, _, amount, product in sorted(deals):
        after = before + amount
        weighted, top = Decimal(0), after
        for cut, factor in zip(reversed(cuts), reversed(factors), strict=True):
            if top > cut:
                low = max(cut, before)
                weighted += (top - low) * factor
                top = low
            if top <= before:
                break
        pay = (weighted * rates[product]).quantize(CENT, ROUND_HALF_UP)
        if product == SPIFF_PRODUCT and sales < SPIFF_FIRST:
            pay += SPIFF_PAY
            sales += 1
        paid[owner, day[:7]] += pay
        before = after
write_payouts(out, ((owner, month, amount) for (owner, month), amount in paid.items()))
