"""Random raw tables, as nasty as real ones: every edge case and every kind of fault."""

import csv
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

from .calendar import add_months
from .contract import TABLES, Column, Ordered
from .parsing import parse_timestamp

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
_RATES = (*7 * ((1, 200),), (0, 0.01))
_CURRENCIES = ("JPY", "JPY", "JPY", "USD", "EUR", "GBP")
_PRICES = (
    *("0", "1", "005", "100", "980", "1200.00", "33.3333", "99999.9999"),
    *("0.0001", "0.0003", "0.0006", "100.0003", "1234.0006", "7.00005", "0.99994"),
    *("0.000060000001", "12.345678901234", "0.0000000000005"),
)
_QUANTITIES = (*(4 * ("1", "1", "2", "10", "007", "250")), "2.5", "0.3333", "1234.56789")
# More than 32 bits, of something that costs next to nothing.
_TOKENS: RawRow = {"quantity": "2200000000", "unit_price": "0.000000123456"}
_DISCOUNTS = (*3 * (None, "", "0", "0.1", "0.3333", "0.5"), "1", "1.00", "0.99999")
# Plans of one product and one tier, or of none.
_TWINS: dict[Text, str] = {"Pro": "pro", "pro": "Pro", "Bot": "bot", "bot": "Bot"}
# What became of a term, which most do not say.
_FATES = (
    *(12 * (None,)),
    *("renewed", "lapsed", "pending", "更新済", " Closed Won", "解約", "churned", "未定", ""),
    "won?",
)
_STEPS = {  # of the onboarding rules, and the day after sign-up by which each is due
    "first_login": 3,
    "profile_completed": 7,
    "data_imported": 14,
    "teammate_invited": 30,
    "api_connected": 30,
    "first_report_shared": 40,
}
_LIMITS = (0, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60)  # such days, of any rules
_LADDER = (  # features by stage
    ("dashboard_view", "report_create"),
    ("data_import", "alert_rule"),
    ("teammate_share", "template_publish"),
    ("api_call", "webhook"),
)
_FEATURES = (
    *(code for stage in _LADDER for code in stage),
    *("forecast_run", "chat_widget", "export", "Webhook", "webhook "),
)
_USERS = ("u1", "u2", "u3", "U1", None, "")  # the same names at every customer
_LOW_MINUTES = (0, 20, 30, 45)  # up to which use is low, of any policy
_PRIORITIES = (*3 * ("urgent",), "high", "normal", "low", "other", "Urgent", "p1", None, "")
_HOLIDAYS = (date(2024, 1, 1), date(2024, 5, 3), date(2025, 1, 1), date(2025, 5, 5))
_CLOCK_CHANGES = (  # of New York
    datetime(2023, 11, 5, 5),
    datetime(2024, 3, 10, 6),
    datetime(2024, 11, 3, 5),
    datetime(2025, 3, 9, 6),
    datetime(2025, 11, 2, 5),
)
_ODD = {  # notations that few would use, and what is none
    "integer": (
        *("1.0", "1e3", "12,000", " 5", "5 ", "+5", "2147483648", "abc", "٣", "0x1F", "１２"),
        *("7.", ".0", "1,00", "3.50", "N/A", "▲3", "5円", "5%", "-0"),
    ),
    "numeric": (
        *("1e5", "1,000", "NaN", ".5", "5.", " 5", "+1", "Infinity", "100000000000000", "6.4E-05"),
        *(
            "¥1,000",
            "￥１，０００",
            "▲12.5",
            "$-3.5",
            "-$3.5",
            "1.000,5",
            "10%",
            "0.5 %",
            "1_0",
            "one",
        ),
        *(
            "1e-9",
            "12345678901234567890123e-12",
            "99999999999999.99995",
            "99999999999.99995e3",
            "-",
        ),
    ),
    "boolean": (
        "maybe",
        "2",
        " true",
        "on",
        "null",
        "-1",
        "Y",
        "n",
        "1.0",
        "0.0",
        "はい",
        "いいえ",
    ),
    "date": (
        *("2025-02-30", "2025/01/01", "2025-1-1", "20250101", "0000-01-01", "2025-01-01 00:00"),
        *("2025年1月1日", "2025.1.31", "2025-01-01T00:00:00.000Z", "2025-01-01 00:00:00+09:00"),
        *("2025-01-01T15:00:00Z", "2025-01-01T14:00:00Z", "2025-01-01 00:00 +1600", "1/4/2025"),
        *("２０２５／１／１", "2025-01-01 24:00", "20250230", "2025-01-011", "NaT", "45748"),
    ),
    "timestamp": (
        *("2025-02-30T00:00:00Z", "2025-01-01T24:00:00", "2025-01-01 10:00:60", "2025-01-01T10"),
        *("2025-01-01 10:00:00 UTC", "2025-01-01T10:00:00+16:00", "2025-01-01T10:00:00."),
        *("yesterday", "1735689600", "2025-01-01Z", " 2025-01-01", "infinity", "epoch"),
        *("2025-01-01t10:00:00", "2025-01-01  10:00:00", "01/02/2025", "2025-01-01T10:60"),
        *("2025/4/1", "2025/4/1 9:05", "2025年4月1日 09:05:30", "20250401", "20250401 10:00"),
        *("2025-04-01 10:00:00 +0900", "2025-04-01 10:00 GMT", "2025-04-01T10:00z", "None", "-"),
    ),
}


class _Company:
    """The tables under construction."""

    def __init__(self, seed: int, start: date, days: int) -> None:
        self.rng = random.Random(seed)
        # Of its own, so that which columns a seed lacks does not depend on all the rest.
        self.column_rng = random.Random(f"columns of {seed}")
        # As well, so that what else there is of a row does not change all rows after it.
        self.further_rng = random.Random(f"further values of {seed}")
        self.start = start
        self.days = days
        self.tables: dict[str, list[RawRow]] = {name: [] for name in TABLES}

    # --- random values ---------------------------------------------------------------

    def exact(self, moment: datetime) -> str:
        """A moment to the microsecond."""
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

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

    def allowed(self, table: str, column: str) -> str:
        """Any of the values that the contract allows."""
        return self.rng.choice(TABLES[table].columns[column].values)

    def pick(self, table: str, column: str) -> Text:
        return self.rng.choice(self.tables[table])[column]

    # --- catalogues ------------------------------------------------------------------

    def make_catalogues(self) -> None:
        for product in ("core", "addon", "analytics", "desk"):
            self.add("products", product_id=product, product_name=f"{product} の製品")
        plans = (
            *(("basic", "core", "1"), ("Pro", "core", "2"), ("pro", "core", "2")),
            *(("max", "core", None), ("Chat", "addon", "1"), ("api", "addon", "-3")),
            *(("lab", "labs", "7"), ("free", "core", "0"), ("Free", "labs", None)),
            *(("lab+", "labs", "9"), ("Bot", "addon", None), ("bot", "addon", None)),
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
                rate = self.rng.uniform(*self.rng.choice(_RATES))
                self.add(
                    "exchange_rates",
                    currency_code=currency,
                    valid_from=valid_from.isoformat(),
                    rate_to_reporting=f"{rate:.{self.rng.choice((0, 8, 10))}f}",
                )
        for number in range(6):
            started = self.day(0, self.days)
            self.add(
                "campaigns",
                campaign_id=f"camp{number}",
                campaign_name="春のキャンペーン, 2025",
                campaign_type=self.allowed("campaigns", "campaign_type"),
                incentive_type=self.rng.choice(("discount", "extension", "none", None)),
                started_at=self.on(started),
                ended_at=self.maybe(started, 0.6, 10, 30),
            )
        for months in range(self.days // 30 + 1):
            month = add_months(self.start, months)
            for channel in ("ads", "partner|agency", "nobody came"):
                for later in self.rng.choice(([0], [0], [0], [4], [0, 27], [])):
                    self.add(
                        "acquisition_costs",
                        acquisition_channel=channel,
                        cost_month=(month + timedelta(days=later)).isoformat(),
                        amount=self.rng.choice((str(self.rng.randrange(90000)), "0", "33.3333")),
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
        elif self.chance(0.12):
            ago = self.rng.choice((1, 3, 10, 14, 21, 29, 30, 30, 31, 45, 60, 60, 90))
            signed_up = self.start + timedelta(days=self.days - ago)
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
        self.make_orders(customer_id, number, signed_up, ends)
        self.make_offers(customer_id, number, signed_up, ends)
        if self.chance(0.7):
            self.make_contracts(customer_id, number, signed_up)
        self.make_events(customer_id, signed_up)

    def make_subscription(
        self, customer_id: str, subscription_id: str, signed_up: date, ends: list[date]
    ) -> None:
        begun = self.after(signed_up, -5, 0, 0, 1, 14, 30, 90, 200)
        if ends and self.chance(0.5):
            begun = self.after(ends[-1], 0, 1, 20, 100, 178, 179, 180, 181)  # comes back
        has_trial = self.chance(0.4)
        is_paid = self.chance(0.7 if has_trial else 0.85)
        trial_ended = begun + timedelta(days=self.rng.choice((0, 7, 14, 30)))
        started = begun
        if has_trial:
            converts = self.rng.choice((-3, 0, 0, 0, 1, 6, 7, 8, 14, 15, 30, 31, 45))
            started = trial_ended + timedelta(days=converts)
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
            trial_ended_at=self.on(trial_ended) if has_trial and self.chance(0.7) else None,
            started_at=self.on(started) if is_paid else None,
            cancel_requested_at=self.on(requested),
            ended_at=self.on(ended),
            cancel_reason_code=self.rng.choice(_REASONS),
        )
        for chain in range(self.rng.choice((1, 1, 1, 2, 2, 3))):  # several products at once
            self.make_items(f"{subscription_id}-{chain}", subscription_id, started, ended)

    def make_items(
        self, prefix: str, subscription_id: str, started: date, ended: date | None
    ) -> None:
        day = self.after(started, -20, 0, 0, 0, 0, 3)
        plans = [plan["plan_id"] for plan in self.tables["plans"]]
        plans += 5 * ["basic", "Pro", "pro", "max", "Chat", "api", "lab"]
        products = {plan["plan_id"]: plan["product_id"] for plan in self.tables["plans"]}
        plan_id, currency = self.rng.choice(plans), self.rng.choice(_CURRENCIES)
        terms = self.make_terms()
        for count in range(self.rng.choice((1, 2, 3, 5, 8))):
            valid_from = self.moment(day)
            until = self.after(day, 0, 1, 7, 30, 31, 90, 90, 91, 200, 365, 700)
            valid_to = max(valid_from, self.moment(until))
            is_last = self.chance(0.25)
            if is_last and ended:
                until, valid_to = ended, max(valid_from, self.moment(ended))
            price: RawRow = {"unit_price": "0"} if plan_id in ("free", "Free") else {}
            if not price and self.chance(0.03):
                price = _TOKENS
            row = self.add(
                "subscription_items",
                subscription_item_id=f"i{prefix}-{count}",
                subscription_id=subscription_id,
                plan_id=plan_id,
                **(terms | price),
                currency_code=currency,
                valid_from=self.stamp(valid_from),
                valid_to=self.rng.choice((None, None, "", "9999-12-31 23:59:59"))
                if is_last and self.chance(0.7)
                else self.cut(valid_from, valid_to),
            )
            if plan_id in _TWINS and self.chance(0.05):  # equal but for the plan
                twin = {"subscription_item_id": f"j{prefix}-{count}", "plan_id": _TWINS[plan_id]}
                self.add("subscription_items", **(row | twin))
            if is_last:
                break
            day = self.after(until, 0, 0, 0, -5, 1, 15, 40, 100, 180)  # overlaps, gaps, pauses
            if self.chance(0.25):
                plan_id = self.rng.choice(plans)
            elif self.chance(0.7):  # up, down, or to another plan of the same tier
                day = until if self.chance(0.7) else day
                plan_id = self.rng.choice(
                    [plan for plan in plans if products[plan] == products[plan_id]]
                )
            changed = self.rng.choice((0, 0.3, 0.7, 1))
            terms |= {
                name: text for name, text in self.make_terms().items() if self.chance(changed)
            }
            if self.chance(0.2):
                currency = self.rng.choice(_CURRENCIES)

    def make_terms(self) -> RawRow:
        return {
            "quantity": self.rng.choice((*_QUANTITIES, "0", "-0")),
            "unit_price": self.rng.choice(_PRICES),
            "discount_rate": self.rng.choice(_DISCOUNTS),
            "billing_interval": self.allowed("subscription_items", "billing_interval"),
        }

    def cut(self, begun: datetime, ended: datetime) -> str:
        """The text of an end; of the same second as its start, it must not precede it."""
        if begun == ended:
            return (begun + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self.stamp(ended)

    def make_contracts(self, customer_id: str, number: int, signed_up: date) -> None:
        day = self.after(signed_up, 0, 0, 10, 60)
        previous: Text = None
        made: list[RawRow] = []
        for count in range(self.rng.choice((1, 2, 3, 5))):
            end = day + timedelta(days=self.rng.choice((1, 28, 30, 90, 182, 365)))
            if self.chance(0.3):
                end = add_months(end, 1)
            contract_id = f"k{number:04d}-{count}"
            foreign = self.rng.choice(self.tables["customers"])["customer_id"]
            row = self.add(
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
                renewal_status=self.rng.choice(_FATES),
                signed_at=self.on(day),
            )
            made.append(row)
            if self.chance(0.6):
                self.make_session(
                    customer_id,
                    end + timedelta(days=self.rng.choice((-31, -30, -29, -15, -1, 0, 1))),
                )
            if self.chance(0.8):
                previous = contract_id  # else the next one renews the same term
            day = end + timedelta(days=self.rng.choice((-3, 0, 0, 0, 1, 29, 30, 31, 45)))
        for row in made[1:]:
            if row["previous_contract_id"] and self.chance(0.5):
                self.bring_together(row, f"{row['contract_id']}+")

    def bring_together(self, row: RawRow, contract_id: str) -> None:
        """Terms beside a chain that one of its terms renews, too: it names them, or nobody does."""
        rng = self.rng
        begun = date.fromisoformat(str(row["term_start"]))
        for number in range(rng.choice((1, 1, 2))):
            row["contract_value"] = rng.choice((row["contract_value"], "900000", "100"))
            end = begun - timedelta(days=rng.choice((-60, -1, 0, 0, 1, 29, 30, 31)))
            end = rng.choice((end, add_months(begun, rng.choice((0, 1, 24)))))
            first = min(begun, end) - timedelta(days=rng.choice((0, 1, 30, 365)))
            beside = self.add(
                "contracts",
                **row
                | {
                    "contract_id": f"{contract_id}{rng.choice((' ', '-', ',', ';'))}{number}",
                    "subscription_id": rng.choice((row["subscription_id"], None, "other")),
                    "previous_contract_id": None,
                    "term_start": first.isoformat(),
                    "term_end": end.isoformat() if end > first else None,
                    "contract_value": rng.choice(("0", "1", "99.99995", "100", "36500.5", None)),
                    "renewal_status": rng.choice(_FATES),
                    "renewal_type": "new",
                },
            )
            if self.chance(0.4):
                glue = rng.choice((";", ",", " ; ", ",,", ";no-such,"))
                names = [row["previous_contract_id"] or "", beside["contract_id"] or ""]
                row["previous_contract_id"] = glue.join(names) + rng.choice(("", "", glue))
            elif self.chance(0.1):
                row["previous_contract_id"] = beside["contract_id"]

    def make_orders(
        self, customer_id: str, number: int, signed_up: date, ends: Sequence[date]
    ) -> None:
        """Orders: none, or many, some on the same day, some just about 180 days apart."""
        rng = self.rng
        first = day = self.after(signed_up, -20, 0, 3, 30, 100, 300)
        is_automatic = rng.choice((_YES, _NO[:5], _NO[:5]))  # most of the customer's orders
        for count in range(rng.choice((0, 1, 2, 3, 5, 8))):
            gross, refunded = rng.choice(
                (
                    *(("1000", None), ("250.5", "0"), ("99.99995", "0.00"), ("005", "")),
                    *(("1000", "999.9999"), ("0.0001", None), ("12.3456", "2.3")),
                    *(("0", None), ("800", "800"), ("0.00004", "0")),
                    *(("9.123456789012", "0.000000000012"), ("0.000050000001", None)),
                )
            )
            self.add(
                "orders",
                order_id=f"o{number:04d}-{count}",
                customer_id=customer_id,
                ordered_at=self.on(day),
                order_type=self.allowed("orders", "order_type"),
                is_automatic=rng.choice(is_automatic if self.chance(0.8) else (*_YES, *_NO[:5])),
                product_id=rng.choice(("core", "no-such", None)),
                gross_amount=gross,
                refunded_amount=refunded,
                currency_code=rng.choice(_CURRENCIES),
                status=rng.choice((*4 * ("paid",), "open", "failed", "void")),
            )
            day += timedelta(days=rng.choice((0, 0, 1, 30, 90, 179, 180, 181, 300)))
            if self.chance(0.2):
                day = first + timedelta(days=rng.choice((179, 180, 180, 181)))
            if ends and self.chance(0.15):
                day = rng.choice(ends) + timedelta(days=rng.choice((-1, 0, 0, 1)))

    def make_offers(
        self, customer_id: str, number: int, signed_up: date, ends: Sequence[date]
    ) -> None:
        """Offers that were accepted, declined or left open, in part without a day or an answer."""
        for count in range(self.rng.choice((0, 0, 1, 2, 3))):
            day = self.after(signed_up, 0, 3, 30, 100, 200, 500)
            decided = self.after(day, -1, 0, 1, 20, 60)
            if ends and self.chance(0.2):
                decided = self.rng.choice(ends) + timedelta(days=self.rng.choice((-1, 0, 1)))
            self.add(
                "offers",
                offer_id=f"f{number:04d}-{count}",
                customer_id=customer_id,
                campaign_id=self.rng.choice(("camp1", None)),
                offer_type=self.allowed("offers", "offer_type"),
                offered_plan_id=self.pick("plans", "plan_id"),
                offered_at=self.on(day),
                decided_at=self.on(decided) if self.chance(0.75) else None,
                outcome=self.rng.choice(("accepted", "declined", "declined", None)),
            )

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

    def make_events(self, customer_id: str, signed_up: date) -> None:
        """Rows in each of the tables that hold what customers do."""
        own = [row for row in self.tables["subscriptions"] if row["customer_id"] == customer_id]
        self.make_onboarding(customer_id, signed_up, own)
        self.make_use(customer_id, signed_up)
        self.make_climb(customer_id, signed_up)
        self.make_surveys(customer_id, signed_up, own)
        self.make_tickets(customer_id, signed_up)
        self.make_encounters(customer_id, signed_up)

    def known(self, text: Text, otherwise: datetime) -> datetime:
        """The moment of a text."""
        return (parse_timestamp(text) if text else None) or otherwise

    def make_step(self, customer_id: str, step_code: str, *texts: str) -> None:
        for text in texts:
            self.add(
                "onboarding_events",
                event_id=f"b{len(self.tables['onboarding_events'])}",
                customer_id=customer_id,
                step_code=step_code,
                occurred_at=text,
            )

    def make_onboarding(
        self, customer_id: str, signed_up: date, subscriptions: Sequence[RawRow]
    ) -> None:
        """Steps in time, on the last day or a day late, all at once, scattered or not at all."""
        rng = self.rng
        manner = rng.choice(("none", "guided", "guided", "api", "at once", "at once", "scattered"))
        steps = [] if manner == "none" else list(_STEPS)
        if manner == "api":
            steps = ["first_login", "api_connected"]
        if manner == "scattered":
            steps = rng.sample([*_STEPS, "invite", "First_Login"], 5)
        if manner == "at once":
            begun = self.known(self.tables["customers"][-1]["signed_up_at"], self.moment(signed_up))
            for subscription in subscriptions[: rng.choice((0, 1, 1))]:
                begun = self.known(subscription["trial_started_at"], begun)
            last = begun + timedelta(hours=24, microseconds=rng.choice((0, 0, 1, -1, 10**9)))
            times = [last, *(last - rng.random() * timedelta(hours=23) for _ in steps)]
            for step, moment in zip(steps, times, strict=False):
                if step != "first_report_shared" or self.chance(0.5):
                    self.make_step(customer_id, step, self.exact(moment))
            return
        left = [self.known(row["ended_at"], datetime.max).date() for row in subscriptions]
        stays = {(day - signed_up).days for day in left}
        is_eager = self.chance(0.3)
        for step in steps:
            due = _STEPS.get(step, 3)
            days = rng.choice((0, 0, 0, 1, 2, 3) if is_eager else (0, due - 1, due, due))
            if self.chance(0.1) or manner == "scattered":
                days = rng.choice(_LIMITS) + rng.choice((-1, 0, 0, 1))
            if due > 14:  # on the day of leaving
                days = rng.choice([days, *(stay for stay in stays if 0 <= stay <= due)])
            if self.chance(0.07):
                continue
            day = signed_up + timedelta(days=days)
            again = [day + timedelta(days=n) for n in (0, 5, 60) if self.chance(0.1)]
            times = [self.moment(each) for each in (day, *again)]
            self.make_step(customer_id, step, *(self.stamp(moment) for moment in times))

    def make_feature_event(self, customer_id: str, day: date, code: str, user: Text) -> None:
        self.add(
            "feature_events",
            event_id=f"e{len(self.tables['feature_events'])}",
            customer_id=customer_id,
            user_id=user,
            feature_code=code,
            occurred_at=self.on(day),
            event_count=self.further_rng.choice((*8 * (None, "1"), "0", "2", "3", "007", " ")),
        )

    def make_use(self, customer_id: str, signed_up: date) -> None:
        """Weeks of use in a row: much, little, just about what is little, or none."""
        rng = self.rng
        week = signed_up + timedelta(days=rng.choice((0, 0, 14, 30, 100)) - signed_up.weekday())
        last = self.start + timedelta(days=self.days + 14)
        if self.chance(0.1):  # about the end of the last day in Tokyo, London or New York
            midnight = datetime.combine(last - timedelta(days=14), time())
            midnight += timedelta(hours=rng.choice((15, 24, 29)))
            begun = midnight - timedelta(minutes=rng.choice((0, 1, 5)))
            self.make_visit(customer_id, begun, timedelta(minutes=40), _USERS)
        stretches = rng.choice((0, 1, 2, 4, 8, 20 if self.chance(0.5) else 0))
        for _ in range(stretches):
            manner = rng.choice(("much", "much", "little", "little", "limit", "limit", "none"))
            for _ in range(rng.choice((1, 1, 2, 3, 4, 6))):
                if week <= last:
                    self.make_week(customer_id, week, manner)
                week += timedelta(days=7)

    def make_week(self, customer_id: str, week: date, manner: str) -> None:
        """One week of use."""
        rng = self.rng
        if manner == "none":
            return
        users = rng.sample(_USERS, 3) if manner == "much" else [rng.choice(_USERS)]
        parts = [60 * rng.choice((1, 5, 19)) * 10**6]
        if manner == "much":
            parts = [rng.randrange(5400 * 10**6) for _ in range(rng.choice((1, 2, 4, 7)))]
            for _ in range(rng.choice((0, 1, 3, 6))):
                day = week + timedelta(days=rng.randrange(7))
                self.make_feature_event(customer_id, day, rng.choice(_FEATURES), rng.choice(users))
        elif manner == "limit":
            whole = 60 * rng.choice(_LOW_MINUTES) * 10**6 + rng.choice((0, 0, 0, 1, 10**6))
            share = rng.randrange(whole + 1)
            parts = rng.choice(([whole], [share, whole - share]))
        for microseconds in parts:
            day = week + timedelta(days=rng.choice((0, 1, 2, 3, 4, 5, 6, 6)))
            begun = self.moment(day)
            if self.chance(0.3):  # just before midnight in London or New York
                begun = datetime.combine(day, time()) + timedelta(
                    hours=rng.choice((24, 28, 29)), seconds=-1
                )
            self.make_visit(customer_id, begun, timedelta(microseconds=microseconds), users)

    def make_visit(
        self, customer_id: str, begun: datetime, duration: timedelta, users: Sequence[Text]
    ) -> None:
        self.add(
            "sessions",
            session_id=f"v{len(self.tables['sessions'])}",
            customer_id=customer_id,
            user_id=self.rng.choice(users),
            started_at=self.exact(begun),
            ended_at=self.exact(begun + duration),
        )

    def make_climb(self, customer_id: str, signed_up: date) -> None:
        """Features stage by stage or in any order, the last just about when it is looked for."""
        if self.chance(0.5):
            return
        stages = self.rng.sample(_LADDER, len(_LADDER))
        days = [self.rng.choice((29, 30, 31, 44, 45, 46, 59, 60, 60, 61, 89, 90, 91))]
        days += [self.rng.randrange(-2, days[0] + 1) for _ in stages]
        for stage, later in zip(stages, days, strict=False):
            if self.chance(0.95):
                day, user = signed_up + timedelta(days=later), self.rng.choice(_USERS)
                self.make_feature_event(customer_id, day, self.rng.choice(stage), user)

    def make_surveys(
        self, customer_id: str, signed_up: date, subscriptions: Sequence[RawRow]
    ) -> None:
        """Surveys with and without answers, several to the same person, some at the same time."""
        rng = self.rng
        ranges = TABLES["survey_responses"].columns["score"].ranges
        for _ in range(rng.choice((0, 1, 2, 3, 4))):
            sent = self.moment(self.after(signed_up, 0, 3, 30, 100, 200, 500, 800))
            if self.chance(0.1):
                sent = self.moment(self.start + timedelta(days=self.days - rng.randrange(4)))
            answered = sent + timedelta(seconds=rng.randrange(10**6))
            ended = [row["ended_at"] for row in subscriptions if row["ended_at"]]
            if ended and self.chance(0.4):  # just before leaving, just then, or just after
                left = self.known(rng.choice(ended), answered)
                answered = left + timedelta(hours=rng.choice((-24, -1, 0, 24)))
            kind, user = rng.choice(("nps", "nps", *ranges)), rng.choice(_USERS)
            for _ in range(rng.choice((1, 1, 2, 3))):
                is_answered = self.chance(0.75)
                number = len(self.tables["survey_responses"])
                self.add(
                    "survey_responses",
                    response_id=f"{rng.choice('aRr')}{number}",
                    survey_type=kind,
                    customer_id=customer_id,
                    user_id=user,
                    sent_at=self.exact(sent),
                    responded_at=self.exact(answered) if is_answered else None,
                    score=str(rng.randint(*ranges[kind])) if is_answered else None,
                    comment=rng.choice(("良い, とても", 'say "hi"', None)),
                )
                sent += timedelta(hours=rng.choice((0, 0, 1, -1, 24, 24 * 40)))
                answered += timedelta(hours=rng.choice((0, 0, 1, -1, 24, 24 * 40)))
                user = rng.choice((user, user, *_USERS))

    def make_tickets(self, customer_id: str, signed_up: date) -> None:
        """Tickets of any hour, answered within the limit, just on it, late or not at all."""
        rng = self.rng
        hours = (0, 2, 3, 8, 8.5, 9, 12.25, 13, 17, 18, 18.5, 21.5, 22.5, 23, 24 * rng.random())
        limits = (30, 60, 61, 90, 225, 240, 540, 1080, 1440)
        for _ in range(rng.choice((0, 1, 2, 4, 6))):
            day = self.after(signed_up, 0, 3, 30, 100, 200, 500, 800)
            is_recent = self.chance(0.25)
            if is_recent:
                day = self.start + timedelta(days=self.days - rng.choice((-1, 0, 0, 1, 1, 2, 3)))
            elif self.chance(0.15):
                day = rng.choice(_HOLIDAYS) - timedelta(days=rng.choice((0, 1, 3)))
            opened = datetime.combine(day, time()) - _LOCAL + timedelta(hours=rng.choice(hours))
            if self.chance(0.1):
                opened = rng.choice(_CLOCK_CHANGES) + timedelta(minutes=15 * rng.randrange(8))
            exactly = opened + timedelta(
                minutes=rng.choice(limits), microseconds=rng.choice((0, 0, 0, 1, -1, 10**6))
            )
            later = day + timedelta(days=rng.choice((0, 1, 1, 2, 3, 4, 9)))
            at_some_time = datetime.combine(later, time()) - _LOCAL
            at_some_time += timedelta(hours=rng.choice(hours), seconds=rng.choice((0, 0, 1)))
            answered = rng.choice((exactly, exactly, max(at_some_time, opened), None))
            if is_recent and self.chance(0.6):
                answered = None
            resolved = (answered or opened) + timedelta(seconds=rng.randrange(10**6))
            self.add(
                "support_tickets",
                ticket_id=f"t{len(self.tables['support_tickets'])}",
                customer_id=customer_id,
                channel=rng.choice(("mail", "chat", None)),
                category=None,
                priority=rng.choice(_PRIORITIES),
                opened_at=self.exact(opened),
                first_responded_at=self.exact(answered) if answered else None,
                resolved_at=self.exact(resolved) if self.chance(0.6) else None,
            )
            self.land_durations(self.tables["support_tickets"][-1])

    def land_durations(self, ticket: RawRow) -> None:
        """How long the answer and the resolution took: beside the moments, or in place of them."""
        rng = self.further_rng
        opened = parse_timestamp(ticket["opened_at"] or "")
        for moment, minutes in (
            ("first_responded_at", "first_response_minutes"),
            ("resolved_at", "resolution_minutes"),
        ):
            happened, text = parse_timestamp(ticket[moment] or ""), None
            if opened and happened and rng.random() < 0.2:
                text = f"{(happened - opened) / timedelta(minutes=1):.5f}"
                ticket[moment] = rng.choice((None, "", ticket[moment]))
            ticket[minutes] = rng.choice((text, text, text, "0.5")) if text else None

    def make_encounters(self, customer_id: str, signed_up: date) -> None:
        """What is done in the community, and what campaigns send."""
        rng = self.rng
        for _ in range(rng.choice((0, 0, 1, 2, 5))):
            self.add(
                "community_activities",
                activity_id=f"a{len(self.tables['community_activities'])}",
                customer_id=customer_id,
                user_id=rng.choice(_USERS),
                activity_type=rng.choice(("post", "attend")),
                occurred_at=self.on(self.after(signed_up, 0, 3, 30, 100, 200, 201, 202, 500)),
            )
        for _ in range(rng.choice((0, 1, 2, 3))):
            day = self.after(signed_up, 0, 3, 30, 100, 200, 500)
            if self.chance(0.15):
                day = self.start + timedelta(days=self.days - rng.choice((0, 1, 2)))
            self.add(
                "campaign_touches",
                touch_id=f"h{len(self.tables['campaign_touches'])}",
                campaign_id=self.pick("campaigns", "campaign_id"),
                customer_id=customer_id,
                sent_at=self.on(day),
                delivered_at=self.maybe(day, 0.8, 0, 1),
                opened_at=self.maybe(day, 0.5, 1, 2),
                clicked_at=self.maybe(day, 0.3, 2),
                responded_at=self.maybe(day, 0.2, 2, 9),
            )

    def make_regular(self, number: int) -> None:
        """A faultless customer of today, who is well and uses much, or whose bills have grown."""
        rng, customer_id = self.rng, f"r{number:02d}"
        today = self.start + timedelta(days=self.days)
        signed_up = today - timedelta(days=rng.choice((220, 300, 500, 800)))
        self.add("customers", customer_id=customer_id, signed_up_at=self.on(signed_up))
        self.add(
            "subscriptions",
            subscription_id=customer_id,
            customer_id=customer_id,
            started_at=self.on(signed_up),
        )
        self.add(
            "subscription_items",
            subscription_item_id=customer_id,
            subscription_id=customer_id,
            plan_id=rng.choice(("basic", "basic", "basic", "max", "Pro", "lab")),
            quantity="2",
            unit_price="100",
            currency_code="JPY",
            billing_interval="month",
            valid_from=self.on(signed_up),
        )
        for step in _STEPS:
            self.make_step(customer_id, step, self.exact(self.moment(signed_up)))
        ago = rng.choice((1, 89, 90, 91))
        self.add(
            "community_activities",
            activity_id=f"a{customer_id}",
            customer_id=customer_id,
            activity_type="post",
            occurred_at=self.on(today - timedelta(days=ago)),
        )
        if self.chance(0.6):
            answered = self.moment(today - timedelta(days=rng.choice((1, 20, 179, 180, 181))))
            self.add(
                "survey_responses",
                response_id=f"q{customer_id}",
                survey_type="nps",
                customer_id=customer_id,
                sent_at=self.exact(answered - timedelta(days=3)),
                responded_at=self.exact(answered),
                score=rng.choice(("10", "10", "9", "9", "8", "6")),
            )
        if self.chance(0.5):
            self.make_habit(customer_id, today)
        else:
            self.make_bills(customer_id, today)

    def make_habit(self, customer_id: str, today: date) -> None:
        """The same use in every week, with features of other products in some."""
        rng, related = self.rng, ("data_import", "webhook", "forecast_run", "chat_widget")
        days, code = rng.randrange(2, 7), rng.choice(related)
        week = today - timedelta(days=today.weekday() + 63)
        while week <= today:
            for number in range(days):
                begun = self.moment(week + timedelta(days=number))
                self.make_visit(customer_id, begun, timedelta(minutes=30), ("u1", "u2"))
            if self.chance(0.8):
                self.make_feature_event(customer_id, week + timedelta(days=6), code, "u1")
            week += timedelta(days=7)
        self.make_order(customer_id, today - timedelta(days=30), "100")

    def make_bills(self, customer_id: str, today: date) -> None:
        """Four bills and a visit in each month, the last a little more than those before."""
        rng = self.rng
        last_month, currency = add_months(today + timedelta(days=1), -1), rng.choice(("JPY", "USD"))
        for ago in range(4):
            first = add_months(last_month, -ago)
            day = rng.choice((first, add_months(first, 1) - timedelta(days=1)))
            gross, minutes = ("130", rng.choice((0, 30, 32, 33, 34))) if ago == 0 else ("100", 30)
            if self.chance(0.1):
                gross = rng.choice(("129.9999", "0", "150"))
            order = self.make_order(customer_id, day, gross)
            order |= {"currency_code": currency, "status": rng.choice((*20 * ("paid",), "failed"))}
            if minutes:
                begun = self.moment(first + timedelta(days=9))
                self.make_visit(customer_id, begun, timedelta(minutes=minutes), ("u1",))

    def make_order(self, customer_id: str, day: date, gross: str) -> RawRow:
        return self.add(
            "orders",
            order_id=f"o{len(self.tables['orders'])}{customer_id}",
            customer_id=customer_id,
            ordered_at=self.exact(datetime.combine(day, time()) + timedelta(hours=12)),
            order_type="usage",
            is_automatic="yes",
            gross_amount=gross,
            currency_code="JPY",
            status="paid",
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
        kind = column.type.partition("(")[0]
        if kind in _ODD:
            yield from self.rng.sample(_ODD[kind], 6)
        if column.values:
            yield from (
                "other",
                self.rng.choice((column.values[0].upper(), f" {column.values[0]}")),
            )
            yield from self.rng.sample(sorted(column.synonyms), min(2, len(column.synonyms)))
        # At least one unit of the last decimal outside of the range.
        if column.low is not None:
            yield "-1" if column.type == "integer" else self.rng.choice(("-0.0001", "-12.50"))
        if column.high is not None:
            yield self.rng.choice((f"{column.high}.0001", str(column.high + 1)))
        if column.ranges:
            yield from ("-1", "11")
        if column.references:
            yield "no-such"
        if column.needs_rate:
            yield from ("jpy", self.rng.choice(("XBAD", "usd ", "CHF")))

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
            for pair in spec.ordered:
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

    def contradict(self, table: str, row: RawRow, pair: Ordered) -> None:
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
                if spec.is_mutable and table != "plans" and self.chance(0.02):
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
                if spec.is_mutable and self.chance(0.85):
                    updated = self.moment(self.day(0, self.days))
                row["loaded_at"] = self.stamp(loaded) if loaded else None
                if spec.is_mutable:
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
            if spec.is_mutable and self.chance(0.1):
                mixed["is_deleted"] = "true"
            kept = {name: row[name] for name in ("loaded_at", "updated_at") if name in row}
            yield row | mixed | kept | age

    def add_own_columns(self) -> None:
        """Columns of customers that the contract does not know, one called as one of tickets is."""
        rng = self.further_rng
        for row in self.tables["customers"]:
            row["Price Group"] = rng.choice(("A", "a", "予備", "it's", None, "  "))
            row["priority"] = rng.choice(("gold", "silver", None))

    def forget_customers(self) -> None:
        """Rows of which nobody knows whose they are, such as anonymous answers."""
        for table, spec in TABLES.items():
            if "customer_id" in spec.columns and not spec.columns["customer_id"].required:
                for row in self.tables[table]:
                    if self.further_rng.random() < 0.05:
                        row["customer_id"] = self.further_rng.choice((None, "", " "))

    def change_columns(self) -> None:
        """Columns that the contract does not know, and optional ones that are not there."""
        rng = self.column_rng
        for table, spec in TABLES.items():
            if rng.random() < 0.3:
                for row in self.tables[table]:
                    row["_extractor_id"] = self.rng.choice(("a", "b", None))
            if table == "sessions":
                for row in self.tables[table]:
                    row["is_deleted"] = self.rng.choice(("true", "false"))  # not of this table
            bookkeeping = {"loaded_at", "updated_at", "is_deleted"}
            optional = [name for name, column in spec.columns.items() if not column.required]
            optional = sorted(set(optional) - bookkeeping)
            if optional and rng.random() < 0.12:
                dropped = rng.choice(optional)
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
    for number in range(60):
        company.make_regular(number)
    company.add_own_columns()
    company.forget_customers()
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
