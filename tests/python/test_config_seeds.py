"""Config seeds that contradict themselves: the build stops and says which row to mend."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from warehouse import Build, plain_dbt, project_with_config, run_dbt

KPI_MARTS = (
    "kpi_revenue_retention, kpi_renewal, kpi_growth, kpi_ltv, kpi_repeat, kpi_onboarding,"
    " kpi_engagement, kpi_health, kpi_nps, kpi_support"
)
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
    "health_score_weights": """component,weight
usage,-1
mood,2
nps,
""",
    "health_bands": """health_band,from_score
red,5
amber,40
green,30
yellow,30
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
Urgent,30,false
urgent,60,false
""",
    "kpi_catalog": """sort_order,kpi_code,kpi_name,kpi_name_ja,category,formula,formula_ja,unit,\
direction,timing,mart_name,value_column,numerator_column,denominator_column,source,needs
10,nps,NPS,推奨度,voice,fans,ファン,points,up,leading,kpi_nps,nps,fans,nps_answers,us,orders|polls
10,nps,NPS again,推奨度,voice,fans,ファン,percent,higher,early,kpi_voice,nps,,,us,orders offers
20,csat,,満足度,voice,happy,満足,rate,higher,leading,kpi_nps,period_start,,nothing,us,orders|offers
""",
    "kpi_targets": """kpi_code,period_grain,starts_on,ends_on,segment_type,segment_value,\
target_value
nps,month,2025-01-01,2025-06-30,all,all,1
nps,month,2025-06-01,,all,all,2
nps,month,2026-01-01,2025-12-31,plan,pro,3
nps,day,2025-01-01,,plan,pro,4
nps,year,2025-01-01,,region,east,5
nps,quarter,2025-01-01,,all,everybody,6
nps,quarter,2025-01-01,,all,everybody,
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
    "health_score_weights": [
        "component mood: there is no such component.",
        "component nps: weight is empty.",
        "component usage: weight is -1.0; use 0 or more.",
    ],
    "health_bands": [
        "from_score must rise from red to yellow to green.",
        "health_band amber: there is no such band; use red, yellow and green.",
        "health_band red: from_score is 5.0; use 0, the lowest score.",
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
        "priority urgent: there is more than one such row.",
        "the row other, for tickets with any other priority or none, is missing.",
    ],
    "kpi_catalog": [
        "kpi_code csat: denominator_column is nothing, but kpi_nps has no column of figures of"
        " that name.",
        "kpi_code csat: kpi_name is empty.",
        "kpi_code csat: value_column is period_start, but kpi_nps has no column of figures of that"
        " name.",
        "kpi_code nps: direction is up; use one of: higher, lower.",
        f"kpi_code nps: mart_name is kpi_voice; use one of: {KPI_MARTS}.",
        "kpi_code nps: needs is orders|polls; write raw tables with a blank between them, and a |"
        " where one of two will do.",
        "kpi_code nps: numerator_column is fans, but kpi_nps has no column of figures of that"
        " name.",
        "kpi_code nps: there is more than one such row.",
        "kpi_code nps: timing is early; use one of: leading, lagging.",
        "kpi_code nps: unit is percent; use one of: rate, points, score, ratio, currency, days,"
        " minutes, months, customers, tickets.",
        "sort_order 10: there is more than one such row.",
    ],
    "kpi_targets": [
        "kpi_code nps, day from 2025-01-01, segment plan pro: days are reported for segment all"
        " only.",
        "kpi_code nps, month from 2025-01-01, segment all all: it holds until 2025-06-30, but the"
        " next target starts on 2025-06-01; end it before that, or leave ends_on empty.",
        "kpi_code nps, month from 2026-01-01, segment plan pro: ends_on 2025-12-31 is before"
        " starts_on.",
        "kpi_code nps, quarter from 2025-01-01, segment all everybody: target_value is empty.",
        "kpi_code nps, quarter from 2025-01-01, segment all everybody: the only value of segment"
        " all is all.",
        "kpi_code nps, quarter from 2025-01-01, segment all everybody: there is more than one such"
        " row.",
        "kpi_code nps, year from 2025-01-01, segment region east: period_grain is year; use one of:"
        " day, week, month, quarter, fiscal_year, trailing_12_months.",
        "kpi_code nps, year from 2025-01-01, segment region east: segment_type is region; use one"
        " of: all, plan, product, acquisition_channel, country_code, industry, company_size,"
        " csm_owner, signup_fiscal_year.",
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
    first = lines.index(f"Invalid rows in seeds/config/{seed}.csv:") + 1
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


def test_targets_for_what_is_not_there_stop_the_build(tmp_path: Path) -> None:
    """An unknown KPI, a grain that its mart does not have, a segment value that nothing has."""
    seeds = {
        "kpi_targets": """kpi_code,period_grain,starts_on,ends_on,segment_type,segment_value,\
target_value
chrun,month,2025-01-01,,all,all,1
cac,week,2025-01-01,,all,all,1
health_score,trailing_12_months,2025-01-01,,all,all,1
nps,month,2025-01-01,,plan,core-free,1
nps,month,2025-01-01,,plan,gold,1
nps,month,2025-01-01,,country_code,XX,1
nps,month,2025-01-01,,country_code,(none),1
nps,month,2025-01-01,,signup_fiscal_year,FY2031,1
nps,month,2025-01-01,,signup_fiscal_year,2031,1
"""
    }
    project = project_with_config(tmp_path / "project", seeds)
    selected = ("--select", "+int_kpi_targets", "kpi_scorecard")
    command = ("build", "--exclude-resource-type", "unit_test", *selected)
    run = run_dbt(tmp_path, command=command, project=project)
    assert run.returncode != 0
    row = "kpi_code nps, month from 2025-01-01, segment"
    assert problems(run, "kpi_targets") == [
        "kpi_code cac, week from 2025-01-01, segment all all: kpi_ltv has no such period_grain;"
        " use one of: month, quarter, fiscal_year.",
        "kpi_code chrun, month from 2025-01-01, segment all all: there is no such KPI in"
        " kpi_catalog.",
        "kpi_code health_score, trailing_12_months from 2025-01-01, segment all all: kpi_health has"
        " no such period_grain; use one of: month, quarter, fiscal_year.",
        f"{row} country_code XX: no country_code has this value.",
        f"{row} plan gold: no plan has this value.",
        f"{row} signup_fiscal_year 2031: no signup_fiscal_year has this value.",
    ]
    assert "SKIP relation main.kpi_scorecard" in run.output


def lines_said(run: Build) -> list[str]:
    """What a run printed, sorted, without times of day, durations and the folder it was in.

    And without what belongs to parsing, which is done before where a manifest is shared.
    """
    text = run.output.replace(str(run.database.parent), "")
    text = re.sub(r"\d\d:\d\d:\d\d|\d+\.\d+ ?s\w*|\d+ of ", "", text)
    of_parsing = ("Starting full parse", "included in the OSI document", "fix_proxy_metrics")
    return sorted(
        line for line in text.splitlines() if not any(words in line for words in of_parsing)
    )


def test_the_command_dbt_says_the_same(broken: Build, tmp_path: Path) -> None:
    """What tests run in a process that has parsed before is what a user gets who runs dbt."""
    project = project_with_config(tmp_path / "project", BROKEN)
    plain = plain_dbt(tmp_path, {}, ("seed", "--select", "config"), project=project)
    assert lines_said(plain) == lines_said(broken)
    assert plain.returncode == broken.returncode
