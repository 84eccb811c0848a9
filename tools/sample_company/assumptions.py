"""Assumptions of the simulation: products and prices, shares of customers, codes and texts."""

from typing import Final

import numpy as np

PRODUCTS: Final = ("core", "analytics", "desk")
PRODUCT_NAMES: Final = ("Workspace", "Analytics", "Support Desk")
TIERS: Final = (
    ("free", "starter", "team", "business"),
    ("lite", "pro", "enterprise"),
    ("basic", "plus", "premium"),
)
MAX_TIERS: Final = 4
TOP_TIER: Final = np.array([len(tiers) - 1 for tiers in TIERS])
LIST_PRICE_JPY: Final = np.array(
    [[0, 1200, 2400, 4800], [3000, 6000, 12000, 0], [1800, 3600, 6000, 0]], dtype=np.float64
)
"""Monthly price of one seat, by product and tier, before the price rise."""
PLAN_IDS: Final = tuple(
    f"{PRODUCTS[product]}-{tiers[tier]}" if tier < len(tiers) else ""
    for product, tiers in enumerate(TIERS)
    for tier in range(MAX_TIERS)
)
"""Plan id at position product * MAX_TIERS + tier; tiers that do not exist are empty."""

CORE: Final = 0
PRICE_RISE: Final = 1.25
PRICE_RISE_AT: Final = 0.6
"""The rise for product core comes this share of the window after its start."""

INTERVALS: Final = ("month", "year", "quarter", "half_year", "week", "day")
INTERVAL_SHARES: Final = (0.60, 0.29, 0.05, 0.03, 0.02, 0.01)
INTERVAL_MONTHS: Final = np.array([1, 12, 3, 6, 12 / 52, 12 / 365])
INVOICE_MONTHS: Final = np.array([1, 12, 3, 6, 1, 1])
INTERVAL_REBATE: Final = np.array([1, 0.9, 0.97, 0.95, 1, 1])

CURRENCIES: Final = ("JPY", "USD", "EUR")
JPY_PER_UNIT: Final = np.array([1.0, 150.0, 160.0])
COUNTRIES: Final = ("JP", "US", "DE", "SG", "GB", "FR")
COUNTRY_SHARES: Final = (0.68, 0.13, 0.07, 0.06, 0.03, 0.03)
COUNTRY_CURRENCY: Final = np.array([0, 1, 2, 1, 1, 2])

INDUSTRIES: Final = ("manufacturing", "retail", "software", "logistics", "healthcare", "education")
SIZES: Final = ("1-10", "11-50", "51-200", "201-1000", "1000+")
SIZE_SHARES: Final = (0.34, 0.32, 0.20, 0.10, 0.04)
SEATS_BY_SIZE: Final = np.array([3, 8, 20, 45, 120])
CHANNELS: Final = ("organic", "ads", "partner", "referral", "event")
CHANNEL_SHARES: Final = (0.34, 0.26, 0.16, 0.14, 0.10)
MONTHLY_SPEND_JPY: Final = np.array([120_000, 650_000, 260_000, 90_000, 310_000])
"""Acquisition cost a month by channel, for about 10 sign-ups a month in all."""
OWNERS: Final = ("Sato", "Suzuki", "Tanaka", "Miller", "Ito")

REASONS: Final = (
    "too_expensive",
    "missing_feature",
    "poor_support",
    "switched_to_competitor",
    "low_usage",
    "graduated_project_finished",
    "graduated_outgrew",
    "payment_failed",
    "bankruptcy",
    "other",
    "zzz_legacy",
)
REASON_SHARES: Final = (0.14, 0.16, 0.08, 0.15, 0.14, 0.06, 0.04, 0.10, 0.03, 0.08, 0.02)
TOO_EXPENSIVE, POOR_SUPPORT, LOW_USAGE, PAYMENT_FAILED, BANKRUPTCY = 0, 2, 4, 7, 8

STEPS: Final = (
    "first_login",
    "profile_completed",
    "data_imported",
    "teammate_invited",
    "first_report_shared",
    "api_connected",
)
STEP_DAYS: Final = np.array([3, 7, 14, 30, 30, 30])
"""Days after sign-up within which a step counts as done in time."""

FEATURES: Final = (
    "dashboard_view",
    "report_create",
    "data_import",
    "alert_rule",
    "template_publish",
    "api_call",
    "webhook",
    "forecast_run",
    "segment_builder",
    "ticket_macro",
    "chat_widget",
    "beta_canvas",  # not in the config seed feature_catalog
    "teammate_share",  # drawn apart: its count in the first 60 days is a planted cause
)
TEAMMATE_SHARE: Final = FEATURES.index("teammate_share")

CAMPAIGN_TYPES: Final = ("onboarding", "adoption", "upsell", "cross_sell", "retention", "winback")
INCENTIVES: Final = ("none", "discount", "bundle_discount", "extension")

COMMENTS: Final = (
    "使いやすいです",
    "サポートが早くて助かりました",
    "料金が少し高い",
    "レポート機能がもっと欲しい",
    "Works well for our team",
    "Setup took longer than expected",
)
TICKET_CHANNELS: Final = ("email", "chat", "phone")
TICKET_CATEGORIES: Final = ("how_to", "bug", "billing", "integration")
PRIORITIES: Final = ("normal", "low", "high", "urgent")
PRIORITY_SHARES: Final = (0.55, 0.20, 0.18, 0.07)
ACTIVITIES: Final = ("post", "answer", "attend")

_JAPANESE = (
    ("青葉", "みなと", "北斗", "若草", "日向", "つばめ", "白峰", "千歳野", "朝凪", "木霊"),
    ("テック", "物流", "商事", "製作所", "フーズ", "メディカル", "印刷", "電設", "企画", "学園"),
    ("株式会社", "合同会社", "ホールディングス"),
)
_ENGLISH = (
    (
        *("Alderbay", "Bluefen", "Coppermoor", "Dunlark", "Eastquill", "Fernhollow", "Greywharf"),
        *("Hazelport", "Inkfield", "Junipath", "Kitemoor", "Lowbeck", "Mistvale", "Northgill"),
        "Oakspur",
    ),
    (" Logistics", " Foods", " Software", " Clinics", " Retail", " Tooling", " Academy"),
    (" Inc.", " Ltd", " Group"),
)


def _names(parts: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    firsts, middles, lasts = parts
    return tuple(
        f"{last}{first}{middle}" if last == "株式会社" else f"{first}{middle}{last}"
        for last in lasts
        for middle in middles
        for first in firsts
    )


JAPANESE_NAMES: Final = _names(_JAPANESE)
ENGLISH_NAMES: Final = _names(_ENGLISH)
