"""Every word of the site in Japanese and English, and the units figures are written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("ja", "en")


@dataclass(frozen=True)
class Both:
    """A text in both languages."""

    ja: str
    en: str

    def text(self, language: str) -> str:
        """The text in a language, `ja` or `en`."""
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True)
class Unit:
    """How figures of a unit are written.

    Attributes:
        name: What follows the number.
        decimals: Digits after the point on tiles; tables show two more of a percentage.
        shift: Powers of ten by which the point moves: 2 makes a percentage of a share.
        one: The English name after a single one, where it differs.
    """

    name: Both
    decimals: int
    shift: int = 0
    one: str = ""

    def after(self, text: str, language: str) -> str:
        """What follows a figure that is written as `text`, with its space; percent has none."""
        name = (
            self.one if text == "1" and self.one and language == "en" else self.name.text(language)
        )
        return name if name == "%" else f" {name}".rstrip()


@dataclass(frozen=True)
class Column:
    """What stands over a column: its label and the unit of its figures (empty for text)."""

    label: Both
    unit: str


def units(currency: str) -> dict[str, Unit]:
    """The units of the catalogue and of what else the marts count.

    Args:
        currency: The reporting currency, three letters.

    Returns:
        Units by the name that `dim_kpis.unit` has; `sum` is money summed over customers, in
        millions, `currency` is money per customer or order.
    """
    yen = currency == "JPY"
    return {
        "currency": Unit(Both("円" if yen else currency, currency), 0),
        "sum": Unit(Both("百万円" if yen else f"百万 {currency}", f"{currency} m"), 2, -6),
        "rate": Unit(Both("%", "%"), 1, 2),
        "ratio": Unit(Both("", ""), 2),
        "points": Unit(Both("pt", "pt"), 1),
        "score": Unit(Both("点", "points"), 1),
        "days": Unit(Both("日", "days"), 1),
        "months": Unit(Both("か月", "months"), 1),
        "minutes": Unit(Both("分", "min"), 0),
        "customers": Unit(Both("社", "customers"), 0, one="customer"),
        "tickets": Unit(Both("件", "tickets"), 0, one="ticket"),
        "contracts": Unit(Both("件", "contracts"), 0, one="contract"),
        "answers": Unit(Both("件", "answers"), 0, one="answer"),
        "rows": Unit(Both("行", "rows"), 0),
        "count": Unit(Both("", ""), 0),
    }


WORDS: Mapping[str, Both] = {
    # frame
    "site": Both("カスタマーサクセス KPI", "Customer success KPIs"),
    "skip": Both("本文へ", "Skip to content"),
    "pages": Both("ページ", "Pages"),
    "language": Both("言語", "Language"),
    "choices": Both("表示する期間とセグメント", "Period and segment shown"),
    "as_of": Both("基準日", "As of"),
    "grain": Both("期間の単位", "Period"),
    "segment_type": Both("セグメント", "Segment"),
    "segment_value": Both("値", "Value"),
    "no_data": Both("データがありません", "No data"),
    "table": Both("表を見る", "Show the table"),
    "download": Both("CSV をダウンロード", "Download as CSV"),
    "period": Both("期間", "Period"),
    "open_period": Both("(途中)", "(open)"),
    "open_note": Both(
        "薄い色は途中の期間で、基準日までの値です。",
        "What is pale belongs to a period still open and counts up to the last day.",
    ),
    "no_script": Both(
        "スクリプトが無効なため、全顧客の図だけを表示しています。",
        "Scripts are off, so only the charts for all customers are shown.",
    ),
    "source": Both("出典", "Source"),
    "footer": Both(
        "数値はすべてマートの値です。画面の丸め以外の計算はしていません。",
        "All figures are those of the marts; nothing is computed here but rounding.",
    ),
    "by_segment_note": Both(
        "セグメント「全体」ではプラン別に示します。", "With all customers chosen, by plan."
    ),
    "trailing_note": Both("直近の完了した 12 か月。", "The latest complete twelve months."),
    "latest_note": Both("直近の完了した期間。", "The latest complete period."),
    "left_out": Both(
        "顧客数の多い {shown} 個を表示し、ほかの {left} 個は省いています。",
        "The {shown} largest by customers are shown, {left} more are left out.",
    ),
    "bounds": Both(
        "期間の単位ごとに直近 60 期間、コホートは直近 60 か月を示します。",
        "Shown are the latest 60 periods of each kind and the latest 60 months of cohorts.",
    ),
    # grains
    "month": Both("月", "Month"),
    "quarter": Both("四半期", "Quarter"),
    "fiscal_year": Both("会計年度", "Fiscal year"),
    "trailing_12_months": Both("直近 12 か月", "Trailing 12 months"),
    "week": Both("週", "Week"),
    # segment types
    "all": Both("全体", "All customers"),
    "plan": Both("プラン", "Plan"),
    "product": Both("製品", "Product"),
    "acquisition_channel": Both("獲得チャネル", "Acquisition channel"),
    "country_code": Both("国", "Country"),
    "industry": Both("業種", "Industry"),
    "company_size": Both("企業規模", "Company size"),
    "signup_fiscal_year": Both("登録年度", "Fiscal year of sign-up"),
    "csm_owner": Both("担当者", "Owner"),
    # pages
    "index": Both("概要", "Overview"),
    "revenue": Both("売上と継続", "Revenue and retention"),
    "growth": Both("更新と成長", "Renewal and growth"),
    "ltv": Both("LTV", "LTV"),
    "onboarding": Both("オンボーディング", "Onboarding and trials"),
    "use": Both("活用", "Use and engagement"),
    "health": Both("ヘルス", "Health"),
    "voice": Both("顧客の声とサポート", "Voice and support"),
    "scorecard": Both("スコアカード", "Scorecard"),
    "definitions": Both("定義", "Definitions"),
    "proof": Both("指標の検証", "Proof"),
    "quality": Both("データ品質", "Data quality"),
    # tiles and scorecard
    "tiles": Both("主な指標", "Headlines"),
    "changes": Both("変化の大きい指標", "What changed most"),
    "changes_note": Both(
        "前の期間との差の大きい順。分母が 20 未満の指標は除きます。",
        "By change against the period before; figures over a denominator below 20 are left out.",
    ),
    "kpi": Both("指標", "KPI"),
    "value": Both("値", "Value"),
    "previous_value": Both("前の期間", "Previous"),
    "year_ago_value": Both("前年", "Year ago"),
    "target_value": Both("目標", "Target"),
    "attainment": Both("達成度", "Attainment"),
    "status": Both("判定", "Status"),
    "achieved": Both("達成", "Achieved"),
    "missed": Both("未達", "Missed"),
    "no_target": Both("目標なし", "No target"),
    "unknown": Both("値なし", "No value"),
    "trend": Both("動き", "Trend"),
    "better": Both("改善", "Better"),
    "worse": Both("悪化", "Worse"),
    "same": Both("横ばい", "Same"),
    "sparkline": Both("推移", "Trend"),
    "search": Both("検索", "Search"),
    "any_status": Both("すべて", "Any"),
    "found": Both("件", "found"),
    "category": Both("分野", "Subject"),
    # categories of the catalogue
    "category_revenue": Both("売上", "Revenue"),
    "category_churn": Both("解約", "Churn"),
    "category_retention": Both("継続", "Retention"),
    "category_renewal": Both("更新", "Renewal"),
    "category_growth": Both("成長", "Growth"),
    "category_ltv": Both("LTV", "LTV"),
    "category_repeat": Both("リピート", "Repeat"),
    "category_onboarding": Both("オンボーディング", "Onboarding"),
    "category_engagement": Both("活用", "Engagement"),
    "category_voice": Both("顧客の声", "Voice"),
    "category_support": Both("サポート", "Support"),
    # definitions
    "definitions_note": Both(
        "指標の名前と計算式は KPI カタログ(dim_kpis)のとおりです。",
        "Names and formulas are those of the KPI catalogue (dim_kpis).",
    ),
    "formula": Both("計算式", "Formula"),
    "unit": Both("単位", "Unit"),
    "direction": Both("良い方向", "Better when"),
    "higher": Both("高い", "higher"),
    "lower": Both("低い", "lower"),
    "timing": Both("種類", "Kind"),
    "leading": Both("先行指標", "leading"),
    "lagging": Both("遅行指標", "lagging"),
    "mart": Both("マートと列", "Mart and column"),
    "docs": Both("マートの説明", "Docs of the mart"),
    "lineage": Both("データの系譜", "Lineage"),
    # alerts and proof
    "alerts": Both("対応が必要な顧客", "Open alerts"),
    "alerts_note": Both(
        "種類ごとの件数。顧客ごとの内訳は fct_customer_alerts にあります。",
        "By type; customer by customer in fct_customer_alerts.",
    ),
    "validation": Both("先行指標は解約を予測するか", "Do leading indicators foretell churn?"),
    "validation_note": Both(
        "直近の 12 か月。AUC は残った顧客の値が解約した顧客の値より高い割合です。"
        "0.5 は予測しないことを示します。",
        "The latest twelve months. AUC is how often a customer that stayed had the higher "
        "value; 0.5 foretells nothing.",
    ),
    "magic_numbers": Both("マジックナンバー", "Magic numbers"),
    "magic_numbers_note": Both(
        "登録直後の行動と 1 年後の継続。行動ごとに最も差の出る基準を示します。"
        "相関は因果とは限りません。",
        "Early behaviour and who was there a year later, by the threshold of each behaviour "
        "that parts them best. Correlation is not yet cause.",
    ),
    # data quality
    "reconciliation": Both("生データの行の行方", "What became of the raw rows"),
    "reconciliation_note": Both(
        "生データの行 = 使用 + 旧版 + 削除 + 却下。",
        "Raw rows = used + superseded + deleted + rejected.",
    ),
    "rejections": Both("却下した行の理由", "Why rows were rejected"),
    "rejections_note": Both(
        "行ごとの内訳は fct_rejected_rows にあります。値と行の番号はここには出しません。",
        "Row by row in fct_rejected_rows; neither values nor keys of rows are published here.",
    ),
    "policies": Both("この集計の前提", "What these figures rest on"),
    "policies_note": Both("rpt_policies の値です。", "The values of rpt_policies."),
    "yes": Both("あり", "yes"),
    "no": Both("なし", "no"),
    # charts
    "mrr_movements": Both("MRR の増減", "MRR movements"),
    "mrr_waterfall": Both("期首から期末までの MRR", "MRR from opening to closing"),
    "closing": Both("期末", "Closing"),
    "closing_mrr": Both("MRR の推移", "MRR"),
    "retention": Both("NRR と GRR", "NRR and GRR"),
    "churn": Both("解約率", "Churn rates"),
    "churn_by_segment": Both("セグメント別の解約率", "Customer churn by segment"),
    "cohort_customers": Both("コホート別の継続率(顧客)", "Retention by cohort, customers"),
    "cohort_mrr": Both("コホート別の継続率(MRR)", "Retention by cohort, MRR"),
    "renewal_rates": Both("契約更新率", "Renewal rates"),
    "renewed_contracts": Both("更新した契約", "Contracts renewed"),
    "renewal_by_segment": Both("セグメント別の契約更新率", "Contract renewal by segment"),
    "growth_rates": Both("アップセル、クロスセル、ダウングレード", "Upsell, cross-sell, downgrade"),
    "offers": Both("提案受諾率とアップセル後解約率", "Offers accepted, churn after an upsell"),
    "repeat_rates": Both("リピート率", "Repeat rates"),
    "ltv_methods": Both("四つの LTV", "Four LTVs"),
    "ltv_by_segment": Both("セグメント別の LTV(粗利 × 継続期間)", "LTV by margin, by segment"),
    "ltv_cac": Both("LTV/CAC", "LTV:CAC"),
    "cac_chart": Both("顧客獲得単価", "Customer acquisition cost"),
    "lifetimes": Both("継続期間と回収期間", "Expected lifetimes and payback"),
    "survival": Both("生存曲線", "Survival curve"),
    "survival_note": Both(
        "初めて有効になった日からの月数と、残っている顧客の割合(カプラン・マイヤー法)。顧客数の多い六つまで。",
        "Share of customers still there, by months since first active (Kaplan–Meier); the six"
        " largest segments.",
    ),
    "onboarding_rate": Both("オンボーディング完了率", "Onboarding completion"),
    "onboarding_days": Both("完了と最初の成功までの日数", "Days to onboard and to first value"),
    "first_value": Both("最初の成功に至らない割合", "Without first value"),
    "trials": Both("トライアル転換率", "Trial conversion"),
    "trials_by_segment": Both("セグメント別のトライアル転換率", "Trial conversion by segment"),
    "usage": Both("活用スコア", "Usage score"),
    "usage_by_segment": Both("セグメント別の活用スコア", "Usage score by segment"),
    "low_use": Both("低活用と参加", "Low use and participation"),
    "health_scores": Both("ヘルススコア", "Health score"),
    "health_bands": Both("ヘルス(赤・黄・緑)", "Health: red, yellow, green"),
    "red_mrr": Both("赤信号の MRR", "MRR in red"),
    "red_by_segment": Both("セグメント別の赤信号", "Red by segment"),
    "campaigns": Both("キャンペーンの反応", "Campaigns"),
    "nps_chart": Both("NPS", "NPS"),
    "nps_answers_chart": Both("NPS の回答", "NPS answers"),
    "nps_by_segment": Both("セグメント別の NPS", "NPS by segment"),
    "satisfaction": Both("顧客満足度と回答率", "Satisfaction and response rate"),
    "effort": Both("顧客努力指標", "Customer effort score"),
    "first_response": Both("初回回答までの時間", "Time to first response"),
    "business_response": Both("初回回答までの営業時間", "Business time to first response"),
    "sla": Both("SLA 内回答率", "Answered within the SLA"),
    "resolution": Both("解決までの時間", "Time to resolution"),
    "unanswered": Both("未回答のチケット", "Unanswered tickets"),
}

# Columns of marts that are no KPI of the catalogue; KPIs are labelled by dim_kpis.
COLUMNS: Mapping[str, Column] = {
    "opening_mrr": Column(Both("期首", "Opening"), "sum"),
    "new_mrr": Column(Both("新規", "New"), "sum"),
    "reactivation_mrr": Column(Both("復帰", "Returned"), "sum"),
    "expansion_mrr": Column(Both("増額", "Expansion"), "sum"),
    "transferred_in_mrr": Column(Both("移入", "Moved in"), "sum"),
    "contraction_mrr": Column(Both("減額", "Contraction"), "sum"),
    "churn_mrr": Column(Both("解約", "Churn"), "sum"),
    "transferred_out_mrr": Column(Both("移出", "Moved out"), "sum"),
    "cohort_month": Column(Both("初契約の月", "First active in"), ""),
    "months_since": Column(Both("経過月数", "Months since"), "count"),
    "cohort_customers": Column(Both("当初の顧客", "Customers at first"), "customers"),
    "retained_customers": Column(Both("残る顧客", "Still there"), "customers"),
    "cohort_mrr": Column(Both("当初の MRR", "MRR at first"), "sum"),
    "retained_mrr": Column(Both("残る MRR", "MRR still there"), "sum"),
    "mrr_retention_rate": Column(Both("MRR の継続率", "MRR retention rate"), "rate"),
    "tenure_month": Column(Both("経過月数", "Months since first active"), "count"),
    "at_risk": Column(Both("対象の顧客", "At risk"), "customers"),
    "churned": Column(Both("解約した顧客", "Churned"), "customers"),
    "hazard": Column(Both("その月の解約率", "Hazard"), "rate"),
    "survival": Column(Both("残存率", "Share still there"), "rate"),
    "manually_renewed_contracts": Column(Both("意思による更新", "By decision"), "contracts"),
    "auto_renewed_contracts": Column(Both("自動更新", "Automatic"), "contracts"),
    "promoters": Column(Both("推奨者", "Promoters"), "answers"),
    "passives": Column(Both("中立者", "Passives"), "answers"),
    "detractors": Column(Both("批判者", "Detractors"), "answers"),
    "indicator_code": Column(Both("指標", "Indicator"), ""),
    "window_end": Column(Both("期間の終わり", "Window to"), ""),
    "observations": Column(Both("観測数", "Observations"), "count"),
    "auc": Column(Both("AUC", "AUC"), "ratio"),
    "auc_low": Column(Both("下限", "From"), "ratio"),
    "auc_high": Column(Both("上限", "To"), "ratio"),
    "worst_fifth_churn_rate": Column(Both("下位 5 分の 1 の解約率", "Churn, worst fifth"), "rate"),
    "best_fifth_churn_rate": Column(Both("上位 5 分の 1 の解約率", "Churn, best fifth"), "rate"),
    "verdict": Column(Both("判定", "Verdict"), ""),
    "behaviour_code": Column(Both("行動", "Behaviour"), ""),
    "threshold": Column(Both("基準", "Threshold"), "count"),
    "customers_above": Column(Both("基準に達した顧客", "Reached it"), "customers"),
    "customers_below": Column(Both("達しない顧客", "Did not"), "customers"),
    "retained_rate_above": Column(Both("継続率(達した)", "Stayed, reached"), "rate"),
    "retained_rate_below": Column(Both("継続率(達しない)", "Stayed, did not"), "rate"),
    "mcc": Column(Both("相関(MCC)", "Correlation (MCC)"), "ratio"),
    "is_significant": Column(Both("有意", "Significant"), ""),
    "alert_type": Column(Both("種類", "Type"), ""),
    "alerts": Column(Both("件数", "Alerts"), "count"),
    "table_name": Column(Both("表", "Table"), ""),
    "is_present": Column(Both("有無", "Present"), ""),
    "raw_rows": Column(Both("生データ", "Raw"), "rows"),
    "used_rows": Column(Both("使用", "Used"), "rows"),
    "superseded_rows": Column(Both("旧版", "Superseded"), "rows"),
    "deleted_rows": Column(Both("削除", "Deleted"), "rows"),
    "rejected_rows": Column(Both("却下", "Rejected"), "rows"),
    "reason": Column(Both("理由", "Reason"), ""),
    "rejections": Column(Both("却下の件数", "Rejections"), "count"),
    "policy_name": Column(Both("前提", "Policy"), ""),
    "policy_value": Column(Both("値", "Value"), ""),
}
