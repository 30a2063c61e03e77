"""Which facts and requirements each section of an impact assessment is built from: ids of the catalogue."""

from __future__ import annotations

PURPOSE = (
    "project_phase",
    "is_ai_system",
    "uses_generative_ai",
    "automation_level",
    "influences_decision",
    "generates_public_content",
    "citizen_facing",
    "employees_use_tool",
    "employment_services",
    "care_monitoring_technology",
)
DATA = (
    "processes_personal_data",
    "special_categories",
    "cpr_numbers",
    "criminal_offence_data",
    "confidential_data",
    "location_data",
    "data_from_others",
    "personal_data_incidental",
    "affects_children",
    "vulnerable_persons",
    "data_subjects_employees",
    "large_scale",
)
RISKS = (
    "profiling_or_scoring",
    "monitoring_of_persons",
    "biometric_identification",
    "emotion_recognition",
    "prohibited_practice_hint",
    "high_residual_risk",
    "burdensome_decision_possible",
    "third_country_transfer",
    "combines_registers",
    "reuse_for_new_purpose",
    "free_text_input",
    "uses_public_genai_service",
    "develops_or_trains_model",
    "digital_only_channel",
    "special_categories",
    "criminal_offence_data",
    "affects_children",
    "vulnerable_persons",
    "large_scale",
)
PURPOSE_DUTIES = ("gdpr-purpose-limitation",)
NECESSITY = (
    "fr-hjemmel",
    "gdpr-lawful-basis",
    "gdpr-clear-supplementary-basis",
    "gdpr-consent-weak",
    "gdpr-special-categories",
    "gdpr-cpr-number",
    "gdpr-criminal-offences",
    "gdpr-data-minimisation",
    "gdpr-storage-limitation",
    "fr-saglighed-lighed-proportionalitet",
)
RISK_DUTIES = (
    "gdpr-prior-consultation",
    "gdpr-automated-decisions",
    "gdpr-third-country-transfer",
    "gdpr-processor-agreement",
    "gdpr-security-breach",
    "eth-bias-testing",
    "ai-act-human-oversight",
    "gdpr-children",
)
MEASURES_ASKED = ("gdpr-security-breach", "gdpr-by-design", "ai-act-human-oversight", "eth-monitoring-fallback-evaluation", "gdpr-data-subject-rights")
"""Asked about where the text describes no measure."""

DPIA_FACTS = tuple(dict.fromkeys((*PURPOSE, *DATA, *RISKS)))
DPIA_FINDINGS = frozenset((*PURPOSE_DUTIES, *NECESSITY, *RISK_DUTIES, *MEASURES_ASKED))
