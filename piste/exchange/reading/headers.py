"""What the columns of other programs' exports mean: Pipedrive, HubSpot, Salesforce, Zoho, plain tables; in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from piste.foundations.names import search_words

IGNORE = ""

#: Field → the headers that mean it, as `search_words` writes them. The first kinds win where a header could mean several.
DEALS: dict[str, str] = {
    "external_id": "deal id|affaire id|record id|id de fiche d informations|opportunity id|opportunityid|potentialid|id|reference"
    "|ref|numero|n|deal number|no",
    "title": "deal title|affaire titre|deal name|nom de la transaction|opportunity name|potential name|titre|title|affaire"
    "|nom de l affaire|opportunite|sujet|subject|deal|nom|name|objet",
    "company": "deal organization|affaire organisation|associated company|entreprise associee|account name|account|societe"
    "|raison sociale|entreprise|client|organisation|organization|company|company name|customer|compte|nom de la societe",
    "contact": "deal contact person|affaire personne a contacter|associated contact|contact associe|contact|interlocuteur"
    "|contact name|contact person|personne a contacter|nom du contact",
    "email": "person email|personne e mail|personne email|email|e mail|mail|courriel|contact email|adresse e mail",
    "phone": "person phone|personne telephone|phone|telephone|tel|mobile|portable|contact phone|phone number",
    "amount": "deal value|affaire valeur|amount|montant|montant ht|montant ttc|valeur|value|close value|ca|chiffre d affaires"
    "|budget|montant eur|prix|deal amount",
    "currency": "deal currency of value|affaire devise|currency|devise|amount currency|monnaie",
    "pipeline": "deal pipeline|affaire pipeline|pipeline|entonnoir",
    "stage": "deal stage|affaire etape|stage|etape|phase de la transaction|stage name|stagename|phase|avancement|forecast stage",
    "status": "deal status|affaire statut|status|statut|etat|forecast type",
    "is_won": "is closed won|gagne|won",
    "probability": "probability|proba|probabilite|deal probability|affaire probabilite",
    "owner": "deal owner|affaire proprietaire|proprietaire de la transaction|opportunity owner|commercial|responsable|owner"
    "|sales agent|potential owner|vendeur|proprietaire|assigned to|suivi par",
    "team": "team|equipe",
    "created_at": "deal deal created|affaire affaire creee le|create date|date de creation|created date|created time|creee le"
    "|cree le|created|engage date|created at|date creation|createddate|date d entree",
    "expected_close_on": "deal expected close date|affaire date de cloture prevue|signature prevue|cloture prevue"
    "|expected close date|expected close|date de signature prevue|decision|echeance",
    "close_date": "close date|date de fermeture|closing date|date de cloture|closedate|date cloture",
    "closed_at": "affaire affaire close le|closed at|date de signature|closed date|close le|gagnee le|signe le",
    "won_at": "deal won time|won time|affaire gagnee le",
    "lost_at": "deal lost time|lost time|affaire perdue le",
    "lost_reason": "deal lost reason|affaire raison de la perte|closed lost reason|raison de la perte|motif de perte|lost reason"
    "|motif de la perte|loss reason",
    "source": "lead source|source|origine|provenance|canal|deal source",
    "campaign": "campaign|campagne|campaign id|primary campaign source",
    "product": "product|produit|produits|products",
    "tags": "tags|etiquettes|label|labels|deal label",
    "note": "commentaire|commentaires|note|notes|observations|obs|description|remarques",
    "postcode": "cp|code postal|postcode|zip",
    "city": "ville|city",
    "sector": "sector|secteur|industry",
}

MOVES: dict[str, str] = {
    "external_id": "opportunityid|opportunity id|deal id|affaire id|case|record id|id de l affaire|opportunity|id affaire",
    "stage": "stagename|stage|etape|to stage|new stage|nouvelle etape|activity|phase",
    "from_stage": "from stage|old stage|ancienne etape|previous stage",
    "at": "createddate|snapshot ts|at|date|timestamp|ts|changed at|created date|moment|date du changement|time",
    "by": "by|user|createdbyid|resource|par|utilisateur",
    "status": "status|statut",
    "amount": "amount|montant|value",
    "expected_close_on": "closedate|close date|decision|expected close date|cloture prevue",
    "created_at": "created",
    "company": "customer|account|company|societe|client",
    "why": "why|pourquoi|reason|motif|comment|commentaire",
}

COMPANIES: dict[str, str] = {
    "external_id": "accountid|account id|id|record id|organization id|organisation id",
    "name": "account name|account|company|company name|societe|raison sociale|entreprise|organisation|organization|name|nom"
    "|organization name|nom de l entreprise",
    "website": "website|site web|web|url|site|domaine|domain|company domain name",
    "sector": "sector|secteur|industry|industrie|activite",
    "employees": "employees|effectif|number of employees|nombre d employes|salaries",
    "phone": "phone|telephone|tel",
    "address": "address|adresse|street|rue",
    "postcode": "cp|code postal|postcode|zip|postal code",
    "city": "ville|city",
    "country": "country|pays|office location|country region",
    "owner": "account owner|owner|responsable|commercial|company owner|proprietaire",
    "parent": "subsidiary of|parent|maison mere|parent account",
    "registration_number": "siret|siren|registration number|vat number",
}

CONTACTS: dict[str, str] = {
    "external_id": "contactid|contact id|id|record id|person id",
    "name": "name|nom complet|full name|contact|contact name|nom du contact|person name",
    "first_name": "first name|prenom|firstname",
    "last_name": "last name|nom|lastname|nom de famille|surname",
    "email": "email|e mail|mail|courriel|adresse e mail|email address",
    "phone": "phone|telephone|tel|mobile|portable|mobile phone|phone number",
    "job_title": "job title|fonction|poste|title|titre",
    "company": "company|societe|entreprise|account|account name|organization|organisation|raison sociale|company name"
    "|associated company",
    "company_id": "account id|accountid|organization id",
    "owner": "contact owner|owner|responsable|commercial|proprietaire",
}

PRODUCTS: dict[str, str] = {
    "name": "product|produit|name|nom|product name",
    "code": "code|series|product code|reference|sku",
    "price": "sales price|price|prix|unit price|tarif",
}

KINDS: dict[str, dict[str, str]] = {
    "deals": DEALS,
    "moves": MOVES,
    "companies": COMPANIES,
    "contacts": CONTACTS,
    "products": PRODUCTS,
}

#: What one must find to be able to import a kind at all: at least one of each group.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "deals": (("title", "company", "external_id"),),
    "moves": (("external_id",), ("stage",), ("at",)),
    "companies": (("name",),),
    "contacts": (("name", "last_name", "email"),),
    "products": (("name",),),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: its header, the field it is taken for (empty: not imported), and whether that was recognised."""

    place: int
    header: str
    field: str
    recognised: bool


def recognise(header: Iterable[str], kind: str) -> list[Column]:
    """What each column means; a field is given once, to its first header."""
    meaning = {words: name for name, all_words in KINDS[kind].items() for words in all_words.split("|")}
    taken: set[str] = set()
    columns = []
    for place, title in enumerate(header):
        name = meaning.get(search_words(title), IGNORE)
        if name in taken:
            name = IGNORE
        if name:
            taken.add(name)
        columns.append(Column(place, title, name, bool(name)))
    return columns


WON = frozenset("won|closed won|gagne|gagnee|fermee gagnee|signe|signee|cloture gagnee|closed gagne|vendu".split("|"))
LOST = frozenset(
    "lost|closed lost|perdu|perdue|fermee perdue|cloture perdue|abandonne|annule|annulee|cancelled|canceled|disqualified".split(
        "|"
    )
)
OPEN = frozenset("open|en cours|ouvert|ouverte|active|actif|pipeline|in progress".split("|"))
TRUE = frozenset("true|vrai|yes|oui|1|x".split("|"))

#: Stages of other programs' default pipelines, and the role they play.
STAGE_ROLES: dict[str, str] = {
    "appointment scheduled": "prospecting",
    "qualified to buy": "qualification",
    "presentation scheduled": "meeting",
    "decision maker bought in": "proposal",
    "contract sent": "closing",
    "prospecting": "prospecting",
    "prospection": "prospecting",
    "lead in": "prospecting",
    "contact made": "qualification",
    "qualification": "qualification",
    "qualified": "qualification",
    "needs analysis": "meeting",
    "value proposition": "meeting",
    "id decision makers": "meeting",
    "perception analysis": "meeting",
    "demo scheduled": "meeting",
    "meeting": "meeting",
    "rendez vous": "meeting",
    "rdv": "meeting",
    "proposal": "proposal",
    "proposition": "proposal",
    "proposal price quote": "proposal",
    "proposal made": "proposal",
    "devis envoye": "proposal",
    "negotiation review": "closing",
    "negotiation": "closing",
    "negotiations started": "closing",
    "negociation": "closing",
    "closing": "closing",
    "signature": "closing",
    "retention": "retention",
    "fidelisation": "retention",
    "engaging": "meeting",
    "prospect": "prospecting",
    "initial offer": "proposal",
}


def status_of(text: str) -> str:
    """`won`, `lost`, `open` when a word says so; empty otherwise."""
    words = search_words(text)
    if words in WON:
        return "won"
    if words in LOST:
        return "lost"
    return "open" if words in OPEN else ""
