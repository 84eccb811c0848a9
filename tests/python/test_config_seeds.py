"""Config seeds that contradict themselves: the build stops and says which row to mend."""

from __future__ import annotations

from pathlib import Path

import pytest
from warehouse import Build, project_with_config, run_dbt

BROKEN = {
    "churn_reasons": """reason_code,reason_group,is_graduated,is_involuntary
price,money,false,
price,money,false,false
""",
    "onboarding_rules": """path_id,product_id,step_code,within_days,is_first_value
late,,login,-3,false
split,core,login,1,false
split,,import,2,false
watched,,login,,true
twice,,login,1,false
twice,,login,2,false
twice,,idle,,false
,,login,1,
""",
    "usage_score_weights": """component,weight,full_at
active_days,-1,0
clicks,2,
features,,
""",
    "feature_catalog": """feature_code,feature_name,ladder_stage,related_product_id
a,A,1,
a,A again,3,
,nameless,0,
""",
    "business_hours": """iso_weekday,opens_at,closes_at
1,9:00,18:00
2,18:00,09:00
8,09:00,24:01
1,09:00,
""",
    "holidays": """holiday_on,holiday_name
2025-01-01,New Year
2025-01-01,again
,no day
""",
    "support_sla": """priority,first_response_minutes,is_business_time
high,-1,
""",
}
SAID = {
    "churn_reasons": [
        "reason_code price: is_involuntary is empty.",
        "reason_code price: there is more than one such row.",
        "the row unknown, for churns without a known reason, is missing.",
    ],
    "onboarding_rules": [
        "path (empty), step login: is_first_value is empty.",
        "path (empty), step login: path_id is empty.",
        "path late, step login: within_days is -3; use 0 or more.",
        "path split: it is for core and for any product; give all its steps the same product_id.",
        "path twice, step idle: without within_days the step is not required, and it is not the"
        " first value either; give one of the two.",
        "path twice, step login: there is more than one such row.",
        "path watched: no step is required, so it would never or always be complete; give a step"
        " a within_days.",
    ],
    "usage_score_weights": [
        "component active_days: full_at is 0.0; use the amount a week that is worth full marks,"
        " more than 0.",
        "component active_days: weight is -1.0; use 0 or more.",
        "component clicks: there is no such component.",
        "component features: weight is empty.",
    ],
    "feature_catalog": [
        "feature (empty): feature_code is empty.",
        "feature a: there is more than one such row.",
        "ladder_stage 0: there is no stage -1 below it; number the stages from 1 without gaps.",
        "ladder_stage 3: there is no stage 2 below it; number the stages from 1 without gaps.",
    ],
    "business_hours": [
        "iso_weekday 1: closes_at is empty.",
        "iso_weekday 1: opens_at is 9:00; use a time of day such as 09:00, at most 24:00.",
        "iso_weekday 1: there is more than one such row.",
        "iso_weekday 2: closes_at 09:00 is not after opens_at 18:00.",
        "iso_weekday 8: closes_at is 24:01; use a time of day such as 09:00, at most 24:00.",
        "iso_weekday 8: use 1 for Monday to 7 for Sunday.",
    ],
    "holidays": [
        "holiday_name no day: holiday_on is empty.",
        "holiday_on 2025-01-01: there is more than one such row.",
    ],
    "support_sla": [
        "priority high: first_response_minutes is -1; use 0 or more.",
        "priority high: is_business_time is empty.",
        "the row other, for tickets with any other priority or none, is missing.",
    ],
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A run with every config seed broken in every way."""
    folder = tmp_path_factory.mktemp("broken")
    project = project_with_config(folder / "project", BROKEN)
    return run_dbt(folder, command=("seed", "--select", "config"), project=project)


def problems(run: Build, seed: str) -> list[str]:
    """What a run says is wrong with a seed."""
    lines = [line.strip() for line in run.output.splitlines()]
    first = lines.index(f"seeds/config/{seed}.csv needs mending:") + 1
    found = []
    for line in lines[first:]:
        if not line.startswith("- "):
            break
        found.append(line[2:])
    return found


@pytest.mark.parametrize("seed", SAID)
def test_each_row_that_makes_no_sense_is_named(broken: Build, seed: str) -> None:
    """With its seed, its key and what to do; and nothing else is."""
    assert broken.returncode != 0
    assert sorted(problems(broken, seed)) == sorted(SAID[seed])
    assert "Traceback" not in broken.output


def test_weights_that_are_all_zero(tmp_path: Path) -> None:
    """There would be no score."""
    seeds = {"usage_score_weights": "component,weight,full_at\nfeatures,0,\nactive_days,0,5\n"}
    project = project_with_config(tmp_path / "project", seeds)
    run = run_dbt(tmp_path, command=("seed", "--select", "usage_score_weights"), project=project)
    assert run.returncode != 0
    assert problems(run, "usage_score_weights") == [
        "all weights are 0, so there would be no score; give one component a weight."
    ]


def test_a_path_for_an_unknown_product_stops_the_build(tmp_path: Path) -> None:
    """Nobody would ever be on it; what is computed from onboarding is left out."""
    header = "path_id,product_id,step_code,within_days,is_first_value\n"
    seeds = {"onboarding_rules": f"{header}a,core,login,1,false\nb,crm,login,1,false\n"}
    project = project_with_config(tmp_path / "project", seeds)
    command = ("build", "--exclude-resource-type", "unit_test", "--select", "+fct_onboarding")
    run = run_dbt(tmp_path, command=command, project=project)
    assert run.returncode != 0
    assert problems(run, "onboarding_rules") == [
        "path b, step login: product_id crm is neither in the raw table products nor in plans;"
        " leave it empty for any product."
    ]
    assert "SKIP relation main.fct_onboarding" in run.output
