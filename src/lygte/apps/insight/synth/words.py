"""Invented names and short, plainly invented notes, in Danish as a colleague would write them."""

FIRST_NAMES = (
    "Opdigtet", "Fiktiva", "Fabelina", "Fantasius", "Digte", "Eventyra", "Skrønike", "Pseudo",
    "Falsine", "Attrap", "Kulissa", "Opfunda", "Prøvine", "Mønstrid", "Figurine", "Sagnhild", "Utopia",
    "Scenarius", "Romanus", "Dummia",
)  # fmt: skip
LAST_NAMES = (
    "Ottosen", "Friis", "Eksempelsen", "Prøvesen", "Digtersen", "Fabelgaard", "Kulissemand", "Papirsen",
    "Testrup", "Skyggelund", "Ingenby", "Intetrup", "Påfundsen", "Legendahl", "Sagnlund", "Skrønesen",
    "Månegaard", "Luftkastel", "Tænkesen", "Vindmølle",
)  # fmt: skip
ALIASES = (
    "Solsikken", "Fyrmesteren", "Havkatten", "Regnbuen", "Ugle", "Bageren", "Tulipan", "Stjernekigger",
    "Anemone", "Sømanden", "Bogormen", "Mejsen", "Vandreren", "Kaptajnen", "Lærken", "Snefnug",
    "Gartneren", "Kløver", "Pilen", "Pebermynte",
)  # fmt: skip

OWN_WORDS = {
    "not_crisis": (
        "Opdigtet: vil høre, hvordan man kommer i kontakt med kommunens bostøtte.",
        "Opdigtet: ringer for at sige tak for sidst.",
        "Opdigtet: spørger, hvad tilbuddet kan, og om man må være anonym.",
    ),
    "mild": (
        "Opdigtet: har ikke talt med nogen hele dagen og vil høre en stemme.",
        "Opdigtet: kan ikke falde til ro efter et skænderi.",
        "Opdigtet: aftenen er lang. Vil gerne lave en plan for de næste timer.",
    ),
    "moderate": (
        "Opdigtet: hjertebanken og uro siden middag. Trækker vejret hurtigt.",
        "Opdigtet: har ikke sovet i to nætter, alting virker uoverskueligt.",
        "Opdigtet: bange for at være alene i lejligheden i nat.",
    ),
    "severe": (
        "Opdigtet: kan ikke se en vej frem i aften. Spurgt direkte, svarer ærligt.",
        "Opdigtet: vil gerne hjælpes til ikke at gøre sig selv fortræd.",
        "Opdigtet: er lige kommet hjem fra hospitalet og føler sig meget alene.",
    ),
}
CLOSING = (
    "Opdigtet: faldt til ro undervejs. Aftalt at ringe igen, hvis natten bliver svær.",
    "Opdigtet: tager en varm bruser og ser en film. Ringer i morgen.",
    "Opdigtet: søsteren kommer forbi klokken 19.",
    "Opdigtet: vil tale med egen læge mandag.",
)
REASONS_DO_NOT = (
    "Opdigtet: barnet bor hos den anden forælder og har det godt.",
    "Opdigtet: barnet nævnt i forbifarten, ingen grund til bekymring.",
)
REASONS_NOTIFY = ("Opdigtet: to børn hjemme i aften, ingen voksne til at tage sig af dem.",)
REASONS_ALREADY = ("Opdigtet: familieafdelingen er inde i sagen og kender til aftenen.",)
NOTIFIED = "Familieafdelingen (opdigtet)"
DECIDED = "Opdigtet: tre forsøg uden svar. Skrevet en besked og aftalt med lederen."
LET_GO = "Opdigtet: forkert nummer."
CALLBACK_NOTE = "Opdigtet: vil gerne tale videre, når børnene sover."
LINK_REASON = "Opdigtet: fortalte selv, at det er den samme."

PLAN = {
    "early_signs": "Jeg holder op med at svare på beskeder.\nJeg sover dårligt tre nætter i træk.",
    "helps": "Gå en tur langs havnen.\nRinge til min søster.\nMusik uden ord.",
    "worsens": "At være alene efter klokken 22.\nKaffe om aftenen.",
    "people_places": "Min søster. Biblioteket på torvet.",
    "whom_to_call": "Hele døgnet: akuttilbuddet.\nOm dagen: min kontaktperson.\nVed livsfare: 112.",
    "agreements": "I må minde mig om at spise.\nI må gerne spørge direkte.",
    "next_step": "Tirsdag klokken 10 ringer jeg til min læge.",
}
PLAN_EARLIER = {
    "early_signs": "Jeg sover dårligt.",
    "helps": "Gå en tur.\nRinge til min søster.",
    "whom_to_call": "Hele døgnet: akuttilbuddet.\nVed livsfare: 112.",
    "next_step": "Tale med min kontaktperson.",
}
