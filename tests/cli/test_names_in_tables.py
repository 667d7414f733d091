"""What tables name and no plan has is told by `validate --data` as by `calculate`, with its row: it would silently count for nobody."""

from __future__ import annotations

from pathlib import Path

from program import commcalc

OPENINGS = "payee_id,as_of,kind,name,amount\nann,2025-12-31,measure,{measure},100\nann,2025-12-31,earned,{component},100\n"


def _given(project: Path, *, measure: str, component: str, quota: str) -> None:
    (project / "data" / "openings.csv").write_text(OPENINGS.format(measure=measure, component=component))
    quotas = project / "data" / "quotas.csv"
    rows = quotas.read_text().splitlines()
    quotas.write_text("\n".join([rows[0] + ",measure", *(f"{r},bookings" for r in rows[1:]), f"ann,2027,1,{quota}"]) + "\n")
    file = project / "commcalc.yaml"
    file.write_text(file.read_text() + "  openings: {file: data/openings.csv}\n")


def test_names_of_no_measure_or_component_are_told_with_their_rows(project: Path) -> None:
    _given(project, measure="bokings", component="new-busines", quota="bokings")
    for verb in (("validate", "--data"), ("calculate", "--period", "2026-02")):
        done = commcalc(*verb, folder=project)
        said = done.stdout + done.stderr
        assert done.returncode == 1
        assert (
            "error[K008]: openings: no plan has a measure `bokings`; did you mean `bookings`?\n  --> data/openings.csv:2:name"
            in said
        )
        assert "no plan has a component `new-busines`; did you mean `new-business`?\n  --> data/openings.csv:3:name" in said
        assert "warning[K009]: quotas: no plan has a measure `bokings`, so nothing reads this quota" in said
        assert "--> data/quotas.csv:5:measure" in said
    assert not (project / "out" / "2026-02").exists()


def test_names_that_plans_have_are_taken(project: Path) -> None:
    _given(project, measure="bookings", component="new-business", quota="bookings")
    done = commcalc("validate", "--data", "--strict", folder=project)
    assert done.returncode == 0, done.stdout


def test_a_column_that_a_plan_reads_and_the_deals_lack_is_told_before_calculating(project: Path) -> None:
    deals = project / "data" / "deals.csv"
    deals.write_text(deals.read_text().replace("term_months", "months"))
    file = project / "commcalc.yaml"
    file.write_text(file.read_text().replace("    types: {term_months: count}\n", ""))
    done = commcalc("validate", "--data", folder=project)
    assert done.returncode == 1
    assert "term_months" in done.stdout
