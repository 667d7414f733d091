"""pandas as it is mostly used: floats, rounded to cents at each line; nothing checked, no trace written."""

from __future__ import annotations

import pandas as pd
from terms import PERCENT, SPIFF_FIRST, SPIFF_PAY, SPIFF_PRODUCT, TIERS, folders, write_payouts

data, out = folders()
deals = pd.read_csv(data / "deals.csv", usecols=["deal_id", "owner", "close_date", "amount", "product"])
quotas = pd.read_csv(data / "quotas.csv").set_index("payee_id")["amount"]
deals = deals.sort_values(["owner", "close_date", "deal_id"], ignore_index=True)
rate = deals["product"].map({product: float(percent) / 100 for product, percent in PERCENT.items()})
quota = deals["owner"].map(quotas)
after = deals.groupby("owner", sort=False)["amount"].cumsum()
before = after - deals["amount"]
weighted = pd.Series(0.0, index=deals.index)
starts = [float(start) for start, _ in TIERS]
for low, high, (_, factor) in zip(starts, [*starts[1:], float("inf")], TIERS, strict=True):
    part = after.clip(low * quota, high * quota) - before.clip(low * quota, high * quota)
    weighted += part * float(factor)
pay = (weighted * rate).round(2)
launch = deals[deals["product"] == SPIFF_PRODUCT]
first = launch.groupby("owner", sort=False).head(SPIFF_FIRST).index
pay[first] += SPIFF_PAY
paid = pay.groupby([deals["owner"], deals["close_date"].str[:7]]).sum().round(2)
write_payouts(out, ((owner, month, f"{amount:.2f}") for (owner, month), amount in paid.items()))
