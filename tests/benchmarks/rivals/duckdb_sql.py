"""DuckDB SQL with DECIMAL, tuned: types that fit 64 bits, payees as an enumeration, the ordered trace as Parquet; nothing checked."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import duckdb
from terms import PERCENT, SPIFF_FIRST, SPIFF_PAY, SPIFF_PRODUCT, TIERS, folders

data, out = folders()
rates = ", ".join(f"('{product}', {Decimal(percent) / 100})" for product, percent in PERCENT.items())
bounds = [*(f"CAST({start} * quota AS DECIMAL(16, 2))" for start, _ in TIERS), None]


def clipped(total: str, low: str, high: str | None) -> str:
    """A running total inside a tier."""
    return f"greatest({total}, {low})" if high is None else f"least(greatest({total}, {low}), {high})"


parts = [
    f"CAST({clipped('after', low, high)} - {clipped('after - amount', low, high)} AS DECIMAL(12, 2)) AS tier{number}"
    for number, (low, high) in enumerate(pairwise(bounds), 1)
    if low is not None
]
weighted = " + ".join(f"tier{number} * CAST({factor} AS DECIMAL(2, 1))" for number, (_, factor) in enumerate(TIERS, 1))
db = duckdb.connect()
db.execute(f"SET temp_directory = '{out / 'spill'}'; SET preserve_insertion_order = true")
db.execute(f"CREATE TABLE quotas AS SELECT payee_id, CAST(amount AS DECIMAL(14, 2)) AS quota FROM '{data / 'quotas.csv'}'")
db.execute("CREATE TYPE payee AS ENUM (SELECT payee_id FROM quotas ORDER BY payee_id)")
db.execute(f"CREATE TABLE rates AS SELECT product, CAST(rate AS DECIMAL(4, 4)) AS rate FROM (VALUES {rates}) AS t(product, rate)")
db.execute(f"""
COPY (
WITH deals AS (
  SELECT deal_id, CAST(owner AS payee) AS owner, close_date, amount, product
  FROM read_csv('{data / "deals.csv"}', header = true, columns = {{
    'deal_id': 'VARCHAR', 'owner': 'VARCHAR', 'close_date': 'DATE', 'amount': 'DECIMAL(12, 2)', 'product': 'VARCHAR',
    'region': 'VARCHAR', 'term_months': 'SMALLINT'}})
), running AS (
  SELECT *, CAST(sum(amount) OVER to_date AS DECIMAL(16, 2)) AS after,
    count(*) FILTER (product = '{SPIFF_PRODUCT}') OVER to_date AS launches
  FROM deals
  WINDOW to_date AS (PARTITION BY owner ORDER BY close_date, deal_id ROWS UNBOUNDED PRECEDING)
), parts AS (
  SELECT r.*, rates.rate, {", ".join(parts)}
  FROM running r JOIN quotas ON r.owner = CAST(quotas.payee_id AS payee) JOIN rates USING (product)
)
SELECT deal_id, owner, close_date, product, amount, rate, {", ".join(f"tier{n}" for n in range(1, len(TIERS) + 1))},
  CAST(round(CAST({weighted} AS DECIMAL(14, 3)) * rate, 2) AS DECIMAL(12, 2)) AS commission,
  CAST(CASE WHEN product = '{SPIFF_PRODUCT}' AND launches <= {SPIFF_FIRST} THEN {SPIFF_PAY} ELSE 0 END AS DECIMAL(12, 2)) AS spiff
FROM parts ORDER BY owner, close_date, deal_id
) TO '{out / "trace.parquet"}' (COMPRESSION zstd, COMPRESSION_LEVEL 1)
""")
db.execute(f"""
COPY (
  SELECT owner AS payee, strftime(close_date, '%Y-%m') AS month, CAST(sum(commission + spiff) AS DECIMAL(14, 2)) AS amount
  FROM '{out / "trace.parquet"}' GROUP BY ALL ORDER BY ALL
) TO '{out / "payouts.csv"}' (HEADER)
""")
