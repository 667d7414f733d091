"""Every numbered fault that this version can meet has a test that is named here, and the test is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LAWS, AROUND = "faults/test_calculation_laws.py", "faults/test_environment.py"
SURROUNDINGS, BYTES, HARM, RUN = (
    "installed/test_surroundings.py", "installed/test_same_bytes.py", "looks/test_nothing_active.py", "looks/test_run_folder.py",
)  # fmt: skip
HELD = {
    "F063": ("faults/calculation_faults.py", "F063 the leap day is a day of its month"),
    "F092": ("faults/people_faults.py", "F092 a chain of 1,000"),
    "F168": (LAWS, "test_f168_a_refund_walks_back_down_the_tiers_and_below_them"),
    "F175": (LAWS, "test_f175_and_f179_a_deal_is_paid_the_same_alone_and_among_twenty_thousand_of_others"),
    "F176": (LAWS, "test_f176_and_f177_threads_and_the_way_of_calculating_change_no_byte"),
    "F177": (LAWS, "test_f176_and_f177_threads_and_the_way_of_calculating_change_no_byte"),
    "F178": ("faults/calculation_faults.py", "F178 the largest amount at the longest rate is exact"),
    "F179": ("laws/test_laws.py", "test_a_deal_more_changes_nobody_but_its_owner_and_those_above"),
    "F180": (LAWS, "test_f180_a_deal_in_two_parts_of_the_same_day_pays_the_same"),
    "F181": (LAWS, "test_f181_everything_ten_times_as_large_pays_ten_times_as_much_to_the_cent_of_each_line"),
    "F182": (LAWS, "test_f182_other_names_and_another_currency_change_nothing_but_the_names"),
    "F209": (AROUND, "test_f209_to_f211_no_cell_of_a_table_for_people_is_a_formula"),
    "F210": (RUN, "test_no_text_becomes_a_formula_and_every_text_comes_back"),
    "F211": (AROUND, "test_f209_to_f211_no_cell_of_a_table_for_people_is_a_formula"),
    "F212": (AROUND, "test_f212_to_f216_statements_have_safe_names_of_their_own_inside_the_folder"),
    "F213": (HARM, "test_file_names_are_safe_everywhere"),
    "F214": (HARM, "test_all_statements_of_badly_named_payees_stay_in_the_folder_and_are_listed"),
    "F215": (HARM, "test_no_name_does_anything"),
    "F216": (HARM, "test_ids_that_look_alike_have_files_of_their_own"),
    "F217": (AROUND, "test_f217_and_f218_no_name_is_markup"),
    "F218": (HARM, "test_no_name_does_anything"),
    "F219": (AROUND, "test_f219_only_the_owner_may_read_a_run_and_its_statements"),
    "F220": (AROUND, "test_f220_a_folder_of_results_that_is_a_link_is_refused_and_not_followed"),
    "F221": (AROUND, "test_f221_statements_of_another_run_are_never_left_beside_new_ones"),
    "F222": (AROUND, "test_f222_results_that_would_take_the_place_of_inputs_are_refused"),
    "F223": (AROUND, "test_f223_a_reader_that_leaves_and_a_closed_or_full_output_are_no_crash"),
    "F224": (AROUND, "test_f224_a_small_terminal_without_letters_or_colours_shows_all"),
    "F225": (AROUND, "test_f225_no_amount_and_no_name_stands_in_what_is_told_of_a_fault_of_ours"),
    "F226": ("looks/test_statement.py", "test_the_sum_of_the_lines_shown_is_the_total_shown"),
    "F227": (AROUND, "test_f227_names_are_matched_alike_in_every_language"),
    "F228": (AROUND, "test_f228_no_hash_seed_changes_a_byte"),
    "F229": (BYTES, "test_nothing_around_the_program_changes_a_byte"),
    "F230": (SURROUNDINGS, "test_without_a_home_or_a_place_for_temporary_files_it_works"),
    "F231": (SURROUNDINGS, "test_a_signal_at_any_moment_ends_the_program_and_leaves_the_folder_as_it_was"),
    "F233": (SURROUNDINGS, "test_a_module_in_the_working_folder_is_not_run"),
    "F234": (SURROUNDINGS, "test_optimized_python_calculates_the_same_bytes_and_refuses_the_same_inputs"),
    "F235": (AROUND, "test_f235_no_verb_reaches_for_the_network_or_another_program"),
    "F238": (AROUND, "test_f238_a_strangers_project_is_read_and_nothing_else_is"),
}  # fmt: skip
WANTED = {f"F{n:03}" for n in (63, 92, 168, *range(175, 183), *range(209, 232), *range(233, 236), 238)}


def test_every_number_has_its_test() -> None:
    assert WANTED - HELD.keys() == set()


@pytest.mark.parametrize("number", HELD)
def test_the_test_of_a_number_is_there(number: str) -> None:
    file, name = HELD[number]
    text = (TESTS / file).read_text(encoding="utf-8")
    sought = f"^def {name}\\(" if name.startswith("test_") else f'Fault\\("{re.escape(name)}"'
    assert re.search(sought, text, re.MULTILINE), f"{file} has no {name}"
