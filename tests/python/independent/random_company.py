"""Random raw tables, as nasty as real ones: every edge case and every kind of fault."""

import csv
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

from .calendar import add_months
from .quality import ORDERED, SCORES, TABLES, Column

Text = str | None
RawRow = dict[str, Text]

_LOCAL = timedelta(hours=9)  # days are made for Asia/Tokyo
_YES, _NO = ("true", "T", "Yes", "1", "TRUE"), ("false", "F", "no", "0", "False", None, "")
_COUNTRIES = ("JP", "US", "DE", "jp", None, "", "  ")
_INDUSTRIES = ("retail", "製造", "finance, banking", None)
_SIZES = ("1-10", "11-50", "51-200", "1000+", None)
_CHANNELS = ("ads", "referral", "partner|agency", 'the "fair"', None)
_OWNERS = ("aoi", " aoi", "Ren", None)
_REASONS = (
    *2 * ("too_expensive", "graduated_outgrew", "payment_failed", "bankruptcy"),
    "unknown",
    *("no_such_reason", "Too_Expensive", None, "  "),
)
_CURRENCIES = ("JPY", "JPY", "JPY", "USD", "EUR", "GBP")
_INTERVALS = ("day", "week", "month", "quarter", "half_year", "year")
_PRICES = (
    *("0", "1", "005", "100", "980", "1200.00", "33.3333", "99999.9999"),
    *("0.0001", "0.0003", "0.0006", "100.0003", "1234.0006", "7.00005", "0.99994"),
)
_QUANTITIES = 4 * ("1", "1", "2", "10", "007", "250")
_DISCOUNTS = (*3 * (None, "", "0", "0.1", "0.3333", "0.5"), "1", "1.00", "0.99999")
_BAD = {
    "integer": ("1.0", "1e3", "12,000", " 5", "5 ", "+5", "2147483648", "abc", "٣", "0x1F"),
    "numeric": ("1e5", "1,000", "NaN", ".5", "5.", " 5", "+1", "Infinity", "100000000000000"),
    "rate": ("1e2", "10000000000", "nan", "1_0", "one"),
    "boolean": ("maybe", "2", " true", "on", "null", "-1"),
    "date": ("2025-02-30", "2025/01/01", "2025-1-1", "20250101", "0000-01-01", "2025-01-01 00:00"),
    "timestamp": (
        *("2025-02-30T00:00:00Z", "2025-01-01T24:00:00", "2025-01-01 10:00:60", "2025-01-01T10"),
        *("2025-01-01 10:00:00 UTC", "2025-01-01T10:00:00+16:00", "2025-01-01T10:00:00."),
        *("yesterday", "1735689600", "2025-01-01Z", " 2025-01-01", "infinity", "epoch"),
        *("2025-01-01t10:00:00", "2025-01-01  10:00:00", "01/02/2025", "2025-01-01T10:60"),
    ),
}


class _Company:
    """The tables under construction."""

    def __init__(self, seed: int, start: date, days: int) -> None:
        self.rng = random.Random(seed)
        self.start = start
        self.days = days
        self.tables: dict[str, list[RawRow]] = {name: [] for name in TABLES}

    # --- random values ---------------------------------------------------------------

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def day(self, first: int, last: int) -> date:
        """A day that many days after the start; often the first or last of a month."""
        day = self.start + timedelta(days=self.rng.randint(first, last))
        if self.chance(0.4):
            day = add_months(day, self.rng.choice((0, 1)))
            day -= timedelta(days=self.rng.choice((0, 0, 1)))
        return day

    def after(self, day: date, *days: int) -> date:
        """A day one of those many days later, at times the end of that month."""
        later = day + timedelta(days=self.rng.choice(days))
        if self.chance(0.15):
            later = add_months(later, 1) - timedelta(days=self.rng.choice((0, 1)))
        return later

    def moment(self, day: date) -> datetime:
        """A UTC moment on a local day; often its very first or last second."""
        midnight = datetime.combine(day, time()) - _LOCAL
        return midnight + timedelta(
            seconds=self.rng.choice((0, 0, 0, 86399, 86399, 9 * 3600, self.rng.randrange(86400)))
        )

    def stamp(self, moment: datetime) -> str:
        """A moment in any of the allowed forms of text."""
        if moment.time() == time() and self.chance(0.5):
            return moment.date().isoformat()
        offset = self.rng.choice(("", "", "Z", "Z", "+09:00", "+0900", "+09", "-03:30", "+00:00"))
        hours = {"+09:00": 9.0, "+0900": 9.0, "+09": 9.0, "-03:30": -3.5}.get(offset, 0.0)
        zone = timezone(timedelta(hours=hours))
        form = f"%Y-%m-%d{self.rng.choice('T ')}%H:%M"
        if moment.second or self.chance(0.8):
            # The digits beyond microseconds are cut off, so that they never reach the next day.
            form += ":%S" + self.rng.choice(
                ("", "", ".5", ".000", ".999999", ".9999999", ".1234567")
            )
        return moment.replace(tzinfo=UTC).astimezone(zone).strftime(form) + offset

    def on(self, day: date | None) -> Text:
        """The text of some moment on a local day."""
        return None if day is None else self.stamp(self.moment(day))

    def maybe(self, day: date, share: float, *days: int) -> Text:
        return self.on(self.after(day, *days)) if self.chance(share) else None

    def add(self, table: str, **row: Text) -> RawRow:
        self.tables[table].append(row)
        return row

    def pick(self, table: str, column: str) -> Text:
        return self.rng.choice(self.tables[table])[column]

    # --- catalogues ------------------------------------------------------------------

    def make_catalogues(self) -> None:
        for product in ("core", "addon"):
            self.add("products", product_id=product, product_name=f"{product} の製品")
        plans = (
            *(("basic", "core", "1"), ("Pro", "core", "2"), ("pro", "core", "2")),
            *(("max", "core", None), ("Chat", "addon", "1"), ("api", "addon", "-3")),
            *(("lab", "labs", "7"), ("free", "core", "0"), ("Free", "labs", None)),
            *(("deleted", "core", "3"), ("unreadable", "core", "high")),
        )
        for plan_id, product_id, tier_rank in plans:
            self.add(
                "plans",
                plan_id=plan_id,
                product_id=product_id,
                plan_name=self.rng.choice((f"{plan_id} plan", None)),
                tier_rank=tier_rank,
                list_monthly_price=self.rng.choice(("980", "0", "-1", None)),
                currency_code=self.rng.choice(("JPY", "XXX", None)),
                is_free=self.rng.choice(_YES if plan_id.lower() == "free" else _NO),
                is_deleted=self.rng.choice(_YES if plan_id == "deleted" else _NO),
            )
        first = self.days // 3
        for currency, count in (("USD", 12), ("EUR", 5), ("GBP", 1), ("JPY", 2)):
            days = {self.day(first, self.days + 10) for _ in range(count)}
            for valid_from in sorted(days):
                self.add(
                    "exchange_rates",
                    currency_code=currency,
                    valid_from=valid_from.isoformat(),
                    rate_to_reporting=f"{self.rng.uniform(1, 200):.{self.rng.choice((0, 8, 10))}f}",
                )
        for number in range(6):
            started = self.day(0, self.days)
            self.add(
                "campaigns",
                campaign_id=f"camp{number}",
                campaign_name="春のキャンペーン, 2025",
                campaign_type=self.rng.choice(TABLES["campaigns"].columns["campaign_type"].values),
                incentive_type=self.rng.choice(("discount", "extension", "none", None)),
                started_at=self.on(started),
                ended_at=self.maybe(started, 0.6, 10, 30),
            )
        for months in range(self.days // 30 + 1):
            month = add_months(self.start, months)
            for channel in ("ads", "partner|agency"):
                self.add(
                    "acquisition_costs",
                    acquisition_channel=channel,
                    cost_month=(month + timedelta(days=self.rng.choice((0, 0, 0, 4)))).isoformat(),
                    amount=str(self.rng.randrange(0, 90000)),
                    currency_code=self.rng.choice(_CURRENCIES),
                )

    # --- customers -------------------------------------------------------------------

    def make_customer(self, number: int) -> None:
        customer_id = f"c{number:04d}"
        if number and self.chance(0.03):
            customer_id = f"C{number - 1:04d}"  # another customer than c...
        signed_up = self.day(0, max(1, int(self.days * 0.8)))
        if self.chance(0.04):
            signed_up = self.day(self.days - 20, self.days + 30)
        self.add(
            "customers",
            customer_id=customer_id,
            customer_name=self.rng.choice(("株式会社 例", 'A "quoted", name', None)),
            signed_up_at=self.on(signed_up),
            country_code=self.rng.choice(_COUNTRIES),
            industry=self.rng.choice(_INDUSTRIES),
            company_size=self.rng.choice(_SIZES),
            acquisition_channel=self.rng.choice(_CHANNELS),
            csm_owner=self.rng.choice(_OWNERS),
            contact_email=self.rng.choice((f"{customer_id}@example.com", None)),
            is_internal=self.rng.choice(_YES if self.chance(0.05) else _NO),
        )
        ends: list[date] = []
        for count in range(self.rng.choice((0, 1, 1, 1, 2, 2, 3))):
            self.make_subscription(customer_id, f"s{number:04d}-{count}", signed_up, ends)
        if self.chance(0.7):
            self.make_contracts(customer_id, number, signed_up)
        self.make_events(customer_id, number, signed_up)

    def make_subscription(
        self, customer_id: str, subscription_id: str, signed_up: date, ends: list[date]
    ) -> None:
        begun = self.after(signed_up, -5, 0, 0, 1, 14, 30, 90, 200)
        if ends and self.chance(0.5):
            begun = self.after(ends[-1], 0, 1, 20, 100, 178, 179, 180, 181)  # comes back
        has_trial, is_paid = self.chance(0.4), self.chance(0.85)
        started = self.after(begun, 0, 7, 14, 30) if has_trial else begun
        ended = None
        if self.chance(0.5):
            ended = self.after(started, 0, 1, 28, 59, 90, 180, 365, 400, 500, 900)
            if ends and ends[-1] > started and self.chance(0.6):
                ended = ends[-1]  # several subscriptions end on the same day
            ends.append(ended)
        requested = None
        if self.chance(0.7 if ended else 0.15):
            requested = self.after(ended or started, -60, -30, -1, 0, 0, 20)
        self.add(
            "subscriptions",
            subscription_id=subscription_id,
            customer_id=customer_id,
            trial_started_at=self.on(begun) if has_trial else None,
            trial_ended_at=self.maybe(begun, 0.8, 0, 7, 14, 30) if has_trial else None,
            started_at=self.on(started) if is_paid else None,
            cancel_requested_at=self.on(requested),
            ended_at=self.on(ended),
            cancel_reason_code=self.rng.choice(_REASONS),
        )
        for chain in range(self.rng.choice((1, 1, 1, 2))):
            self.make_items(f"{subscription_id}-{chain}", subscription_id, started, ended)

    def make_items(
        self, prefix: str, subscription_id: str, started: date, ended: date | None
    ) -> None:
        day = self.after(started, -20, 0, 0, 0, 0, 3)
        plans = [plan["plan_id"] for plan in self.tables["plans"]]
        plans += 5 * ["basic", "Pro", "pro", "max", "Chat", "api", "lab"]
        plan_id, currency = self.rng.choice(plans), self.rng.choice(_CURRENCIES)
        for count in range(self.rng.choice((1, 2, 3, 5, 8))):
            valid_from = self.moment(day)
            until = self.after(day, 0, 1, 7, 30, 31, 90, 90, 200, 365, 700)
            valid_to = max(valid_from, self.moment(until))
            is_last = self.chance(0.25)
            if is_last and ended:
                until, valid_to = ended, max(valid_from, self.moment(ended))
            self.add(
                "subscription_items",
                subscription_item_id=f"i{prefix}-{count}",
                subscription_id=subscription_id,
                plan_id=plan_id,
                quantity=self.rng.choice((*_QUANTITIES, "0", "-0")),
                unit_price="0" if plan_id in ("free", "Free") else self.rng.choice(_PRICES),
                discount_rate=self.rng.choice(_DISCOUNTS),
                currency_code=currency,
                billing_interval=self.rng.choice(_INTERVALS),
                valid_from=self.stamp(valid_from),
                valid_to=self.rng.choice((None, None, "", "9999-12-31 23:59:59"))
                if is_last and self.chance(0.7)
                else self.cut(valid_from, valid_to),
            )
            if is_last:
                break
            day = self.after(until, 0, 0, 0, -5, 1, 15, 40, 100, 180)  # overlaps, gaps, pauses
            if self.chance(0.6):
                plan_id = self.rng.choice(plans)
            if self.chance(0.2):
                currency = self.rng.choice(_CURRENCIES)

    def cut(self, begun: datetime, ended: datetime) -> str:
        """The text of an end; of the same second as its start, it must not precede it."""
        if begun == ended:
            return (begun + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self.stamp(ended)

    def make_contracts(self, customer_id: str, number: int, signed_up: date) -> None:
        day = self.after(signed_up, 0, 0, 10, 60)
        previous: Text = None
        for count in range(self.rng.choice((1, 2, 3, 5))):
            end = day + timedelta(days=self.rng.choice((1, 28, 30, 90, 182, 365)))
            if self.chance(0.3):
                end = add_months(end, 1)
            contract_id = f"k{number:04d}-{count}"
            foreign = self.rng.choice(self.tables["customers"])["customer_id"]
            self.add(
                "contracts",
                contract_id=contract_id,
                customer_id=foreign if self.chance(0.03) else customer_id,
                subscription_id=self.rng.choice(("anything", None)),
                previous_contract_id="no-such" if self.chance(0.03) else previous,
                term_start=day.isoformat(),
                term_end=end.isoformat(),
                contract_value=self.rng.choice(("120000", "0", "99.99995", "36500.5", None)),
                currency_code=self.rng.choice((*_CURRENCIES, None, "")),
                renewal_type=self.rng.choice(("auto", "auto", "manual", "new"))
                if previous
                else "new",
                signed_at=self.on(day),
            )
            if self.chance(0.6):
                self.make_session(
                    customer_id,
                    end + timedelta(days=self.rng.choice((-31, -30, -29, -15, -1, 0, 1))),
                )
            if self.chance(0.8):
                previous = contract_id  # else the next one renews the same term
            day = end + timedelta(days=self.rng.choice((-3, 0, 0, 0, 1, 29, 30, 31, 45)))

    def make_session(self, customer_id: Text, day: date) -> None:
        begun = self.moment(day)
        self.add(
            "sessions",
            session_id=f"v{len(self.tables['sessions'])}",
            customer_id=customer_id,
            user_id=self.rng.choice(("u1", "u2", None)),
            started_at=self.stamp(begun),
            ended_at=self.stamp(begun + timedelta(seconds=self.rng.randrange(1, 9000))),
        )

    def make_events(self, customer_id: str, number: int, signed_up: date) -> None:
        """A few rows in each of the tables that hold what customers do."""
        rng = self.rng
        for count in range(rng.randrange(4)):
            day, name = self.after(signed_up, 0, 3, 30, 100, 200, 500), f"{number:04d}-{count}"
            asked, late = self.moment(day), self.after(day, 1, 2, 40)
            self.make_session(customer_id, day)
            self.add(
                "orders",
                order_id=f"o{name}",
                customer_id=customer_id,
                ordered_at=self.on(day),
                order_type=rng.choice(("subscription", "usage", "one_time")),
                is_automatic=rng.choice(("true", "F", "yes", "0")),
                product_id=rng.choice(("core", "no-such", None)),
                gross_amount=rng.choice(("1000", "250.5", "0")),
                refunded_amount=rng.choice((None, "0", "0.00")),
                currency_code=rng.choice(_CURRENCIES),
                status=rng.choice(("paid", "paid", "open", "failed", "void")),
            )
            for table, code, value in (
                ("onboarding_events", "step_code", "invite"),
                ("feature_events", "feature_code", "export"),
                ("community_activities", "activity_type", "post"),
            ):
                key = TABLES[table].key[0]
                row = {key: f"e{name}", "customer_id": customer_id, code: value}
                if "user_id" in TABLES[table].columns:
                    row["user_id"] = rng.choice(("u1", ""))
                self.add(table, **row, occurred_at=self.on(day))
            survey, is_answered = rng.choice(tuple(SCORES)), self.chance(0.6)
            self.add(
                "survey_responses",
                response_id=f"r{name}",
                survey_type=survey,
                customer_id=customer_id,
                user_id=rng.choice(("u1", None)),
                sent_at=self.on(day),
                responded_at=self.on(late) if is_answered else None,
                score=str(rng.randint(*SCORES[survey])) if is_answered else None,
                comment=rng.choice(("良い, とても", 'say "hi"', None)),
            )
            self.add(
                "support_tickets",
                ticket_id=f"t{name}",
                customer_id=customer_id,
                channel="mail",
                category=None,
                priority=rng.choice(("high", "low", None)),
                opened_at=self.stamp(asked),
                first_responded_at=self.on(late) if self.chance(0.7) else None,
                resolved_at=self.maybe(late, 0.5, 1, 5),
            )
            self.add(
                "campaign_touches",
                touch_id=f"h{name}",
                campaign_id=self.pick("campaigns", "campaign_id"),
                customer_id=customer_id,
                sent_at=self.on(day),
                delivered_at=self.maybe(day, 0.8, 0, 1),
                opened_at=self.maybe(day, 0.5, 1, 2),
                clicked_at=self.maybe(day, 0.3, 2),
                responded_at=self.maybe(day, 0.2, 2, 9),
            )
            self.add(
                "offers",
                offer_id=f"f{name}",
                customer_id=customer_id,
                campaign_id=rng.choice(("camp1", None)),
                offer_type=rng.choice(("upsell", "cross_sell")),
                offered_plan_id=self.pick("plans", "plan_id"),
                offered_at=self.on(day),
                decided_at=self.maybe(day, 0.5, 1, 20),
                outcome=rng.choice(("accepted", "declined", None)),
            )

    def make_anchor(self) -> None:
        """A faultless customer from whose sign-up, or first item, the reports start."""
        signed_up = self.start + timedelta(days=self.rng.choice((-45, 3)))
        begun = self.start - timedelta(days=40)
        self.add("plans", plan_id="anchor", product_id="core", tier_rank="1", is_free="no")
        self.add("customers", customer_id="anchor", signed_up_at=self.on(signed_up))
        self.add(
            "subscriptions",
            subscription_id="anchor",
            customer_id="anchor",
            started_at=self.on(begun),
        )
        self.add(
            "subscription_items",
            subscription_item_id="anchor",
            subscription_id="anchor",
            plan_id="anchor",
            quantity="1",
            unit_price="100",
            currency_code="JPY",
            billing_interval="week",
            valid_from=self.on(begun),
        )

    # --- faults ----------------------------------------------------------------------

    def faults(self, table: str, name: str, column: Column) -> Iterator[Text]:
        """A text for every way in which a column can be wrong."""
        if column.required:
            yield self.rng.choice((None, "", "   "))
        if column.type in _BAD:
            yield from self.rng.sample(_BAD[column.type], 4)
        if column.values:
            yield self.rng.choice(("other", column.values[0].upper(), f" {column.values[0]}"))
        # At least one unit of the last decimal outside of the range.
        if column.low is not None:
            yield "-1" if column.type == "integer" else self.rng.choice(("-0.0001", "-12.50"))
        if column.high is not None:
            yield self.rng.choice(("1.0001", "2"))
        if name == "score":
            yield from ("-1", "11")
        if column.references:
            yield "no-such"
        if column.converted:
            yield self.rng.choice(("XBAD", "jpy", "CHF"))

    def spoil(self, table: str, row: RawRow, name: str, bad: Text) -> None:
        """Put a bad value into a row."""
        row[name] = bad
        if name == "gross_amount" and bad and bad.startswith("-"):
            row["refunded_amount"] = "0"

    def add_faults(self) -> None:
        """One row more for every fault that is possible, some rows with several."""
        for table, spec in TABLES.items():
            whole = [dict(row) for row in self.tables[table]]
            made: list[RawRow] = []
            for name, column in spec.columns.items():
                for bad in self.faults(table, name, column):
                    row = dict(self.rng.choice(whole))
                    row[spec.key[0]] = f"{table}-bad{len(made)}"
                    self.spoil(table, row, name, bad)
                    if self.chance(0.2):
                        other = self.rng.choice(sorted(spec.columns))
                        for worse in list(self.faults(table, other, spec.columns[other]))[-1:]:
                            self.spoil(table, row, other, worse)
                    made.append(row)
            for pair in ORDERED.get(table, []):
                for _ in range(2):
                    row = dict(self.rng.choice(whole))
                    row[spec.key[0]] = f"{table}-contradiction{len(made)}"
                    self.contradict(table, row, pair)
                    made.append(row)
            if table == "survey_responses":
                when = self.on(self.day(0, self.days))
                for responded_at, score in ((None, "3"), (when, None), (None, "x"), ("x", None)):
                    row = dict(self.rng.choice(whole))
                    key = f"contradiction{len(made)}"
                    made.append(
                        row | {"response_id": key, "responded_at": responded_at, "score": score}
                    )
            for part in spec.key:  # rows without a key: never duplicates of each other
                for _ in range(3):
                    row = dict(self.rng.choice(whole))
                    row[part] = self.rng.choice((None, "", "  "))
                    made += [row] * self.rng.choice((1, 2))
            self.tables[table] += [dict(row) for row in made]

    def contradict(self, table: str, row: RawRow, pair: tuple[str, str, bool]) -> None:
        greater, smaller, _ = pair
        if table == "orders":
            row[greater], row[smaller] = "10", "10.0001"
        elif table == "contracts":
            day = self.day(0, self.days)
            row[smaller] = day.isoformat()
            row[greater] = (day - timedelta(days=0 if self.chance(0.5) else 9)).isoformat()
        else:
            moment = self.moment(self.day(0, self.days))
            row[smaller] = moment.strftime("%Y-%m-%dT%H:%M:%S.000001Z")
            row[greater] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def spoil_in_place(self) -> None:
        """Faults and deletions in rows that others refer to."""
        shares = {"customers": 0.03, "subscriptions": 0.03, "contracts": 0.03, "campaigns": 0.2}
        for table, share in shares.items():
            columns = TABLES[table].columns
            for row in self.tables[table]:
                if self.chance(share):
                    name = self.rng.choice(sorted(set(columns) - set(TABLES[table].key)))
                    for bad in list(self.faults(table, name, columns[name]))[:1]:
                        self.spoil(table, row, name, bad)
        for table, spec in TABLES.items():
            for row in self.tables[table]:
                if spec.mutable and table != "plans" and self.chance(0.02):
                    row["is_deleted"] = self.rng.choice(_YES)

    # --- versions --------------------------------------------------------------------

    def add_versions(self) -> None:
        """Load times, older versions with other values, and exact duplicates."""
        for table, spec in TABLES.items():
            rows = self.tables[table]
            older: list[RawRow] = []
            for row in rows:
                if not {"loaded_at", "updated_at"}.isdisjoint(row):
                    continue  # already spoiled
                loaded = self.moment(self.day(0, self.days)) if self.chance(0.9) else None
                updated = None
                if spec.mutable and self.chance(0.85):
                    updated = self.moment(self.day(0, self.days))
                row["loaded_at"] = self.stamp(loaded) if loaded else None
                if spec.mutable:
                    row["updated_at"] = self.stamp(updated) if updated else None
                    row.setdefault("is_deleted", self.rng.choice(_NO))
                if self.chance(0.04):
                    older.append(dict(row))
                if self.chance(0.12):
                    older += self.older(table, row, rows, updated, loaded)
            rows += older
            self.rng.shuffle(rows)

    def older(
        self,
        table: str,
        row: RawRow,
        rows: Sequence[RawRow],
        updated: datetime | None,
        loaded: datetime | None,
    ) -> Iterator[RawRow]:
        """Versions that a row supersedes, with values of other rows."""
        spec = TABLES[table]
        ages: list[dict[str, Text]] = []
        earlier = timedelta(days=self.rng.randint(1, 400))
        if loaded:
            ages += [{"loaded_at": None}, {"loaded_at": self.stamp(loaded - earlier)}]
            ages.append({"loaded_at": "not a time"})
        if updated:
            later = self.stamp((loaded or updated) + earlier)
            ages.append({"updated_at": self.stamp(updated - earlier), "loaded_at": later})
            ages.append({"updated_at": None, "loaded_at": later})
            ages.append({"updated_at": "not a time", "loaded_at": later})
        for age in self.rng.sample(ages, min(len(ages), self.rng.choice((1, 1, 2)))):
            other = self.rng.choice(rows)
            columns = [name for name in other if name not in spec.key]
            mixed = {name: other[name] for name in columns if self.chance(0.6)}
            mixed = {name: text for name, text in mixed.items() if name in row}
            if spec.mutable and self.chance(0.1):
                mixed["is_deleted"] = "true"
            kept = {name: row[name] for name in ("loaded_at", "updated_at") if name in row}
            yield row | mixed | kept | age

    def change_columns(self) -> None:
        """Columns that the contract does not know, and optional ones that are not there."""
        for table, spec in TABLES.items():
            if self.chance(0.3):
                for row in self.tables[table]:
                    row["_extractor_id"] = self.rng.choice(("a", "b", None))
            if table == "sessions":
                for row in self.tables[table]:
                    row["is_deleted"] = self.rng.choice(("true", "false"))  # not of this table
            bookkeeping = {"loaded_at", "updated_at", "is_deleted"}
            optional = [name for name, column in spec.columns.items() if not column.required]
            optional = sorted(set(optional) - bookkeeping)
            if optional and self.chance(0.12):
                dropped = self.rng.choice(optional)
                for row in self.tables[table]:
                    row.pop(dropped, None)


def random_company(seed: int, customers: int, start: date, days: int) -> dict[str, list[RawRow]]:
    """Random raw data of all tables.

    Args:
        seed: The same seed makes the same data.
        customers: How many customers, a few of them internal, deleted or rejected.
        start: About the first day on which anything happens.
        days: Over how many days; some things happen later still.

    Returns:
        By table, its rows: text or None by column.
    """
    company = _Company(seed, start, days)
    company.make_catalogues()
    for number in range(customers):
        company.make_customer(number)
    company.spoil_in_place()
    company.add_faults()
    company.make_anchor()
    company.add_versions()
    company.change_columns()
    return company.tables


def write_csv(raw: Mapping[str, Sequence[Mapping[str, Text]]], folder: Path) -> None:
    """Write every table to a CSV file of its name; null is an empty field."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in raw.items():
        columns = list(dict.fromkeys(name for row in rows for name in row))
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns or list(TABLES[table].columns))
            writer.writeheader()
            writer.writerows(rows)
