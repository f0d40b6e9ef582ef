"""The words of Pipedrive, HubSpot, Salesforce, Zoho and plain tables, in both languages: headers, states, stages."""

from __future__ import annotations

from piste.foundations.names import search_words

#: Field → the headers that mean it, as `search_words` writes them. The first kinds win where a header could mean several.
DEALS: dict[str, str] = {
    "external_id": "deal id|affaire id|record id|id de fiche d informations|opportunity id|opportunityid|potentialid|id|reference"
    "|ref|numero|n|deal number|no",
    "company_id": "account id|accountid|organization id|organisation id|company id|id societe",
    "title": "deal title|affaire titre|deal name|nom de la transaction|opportunity name|potential name|titre|title|affaire"
    "|nom de l affaire|opportunite|sujet|subject|deal|nom|name|objet",
    "company": "deal organization|affaire organisation|associated company|entreprise associee|account name|account|societe"
    "|raison sociale|entreprise|client|organisation|organization|company|company name|customer|compte|nom de la societe",
    "contact": "deal contact person|affaire personne a contacter|associated contact|contact associe|contact|interlocuteur"
    "|contact name|contact person|personne a contacter|nom du contact",
    "contact_first_name": "contact first name|first name|prenom|prenom du contact",
    "contact_last_name": "contact last name|last name|nom de famille",
    "email": "person email|personne e mail|personne email|email|e mail|mail|courriel|contact email|adresse e mail",
    "phone": "person phone|personne telephone|phone|telephone|tel|mobile|portable|contact phone|phone number",
    "amount": "deal value|affaire valeur|amount|montant|montant ht|montant ttc|valeur|value|close value"
    "|montant estime|montant de la transaction|montant de l affaire|total amount|estimated value|deal size|ca"
    "|chiffre d affaires"
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
    "|estimated close date|expected close date"
    "|expected close|date de signature prevue|date de cloture estimee|decision date|decision|echeance",
    "close_date": "close date|deal close date|date de fermeture|closing date|date de cloture|closedate|date cloture",
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
    "registration_number": "siret|siren|registration number|vat number|numero d immatriculation",
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
    "name": "product|produit|product name|nom du produit|designation|libelle|article|name|nom",
    "code": "product code|code produit|code article|sku|code|reference|ref|series",
    "price": "sales price|unit price|list price|price|prix unitaire|prix de vente|prix ht|prix|tarif|pu ht",
}

MEMBERS: dict[str, str] = {
    "name": "sales agent|full name|nom complet|name|nom|agent|commercial|vendeur|user|utilisateur|member|membre|owner"
    "|collaborateur",
    "email": "email|e mail|mail|courriel|adresse e mail|email address",
    "role": "role|profile|profil|fonction",
    "team": "team|equipe|regional office|region|agence|office|bureau|sales team",
    "manager": "manager|responsable|superieur|manager name|chef d equipe",
}

KINDS: dict[str, dict[str, str]] = {
    "deals": DEALS,
    "moves": MOVES,
    "companies": COMPANIES,
    "contacts": CONTACTS,
    "products": PRODUCTS,
    "members": MEMBERS,
}

#: Names that other programs put before each of their headers.
PREFIXES: dict[str, tuple[str, ...]] = {
    "deals": ("deal", "affaire", "opportunity", "opportunite", "transaction", "potential", "lead", "deals"),
    "moves": ("deal", "affaire", "opportunity", "opportunite"),
    "companies": ("organization", "organisation", "account", "company", "societe", "entreprise", "compte"),
    "contacts": ("person", "personne", "contact"),
    "products": ("product", "produit", "article"),
    "members": ("user", "utilisateur", "member", "membre"),
}

#: What one must find to be able to import a kind at all: at least one of each group.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "deals": (("title", "company", "external_id"),),
    "moves": (("external_id",), ("stage",), ("at",)),
    "companies": (("name",),),
    "contacts": (("name", "last_name", "email"),),
    "products": (("name",),),
    "members": (("name", "email"),),
}

#: What a column of its kind weighs when one guesses what a file holds.
WEIGHTS: dict[str, dict[str, float]] = {
    "deals": {
        "amount": 1.5, "stage": 3, "status": 1, "expected_close_on": 2, "close_date": 2, "closed_at": 1, "won_at": 2,
        "lost_at": 2, "lost_reason": 2, "probability": 2, "pipeline": 2, "title": 0.5, "owner": 0.5, "created_at": 0.5,
        "is_won": 1,
    },
    "moves": {"external_id": 2, "stage": 3, "at": 2, "from_stage": 5, "by": 0.5, "amount": 0.5, "expected_close_on": 0.5},
    "companies": {
        "name": 1.5, "website": 2, "sector": 1.5, "employees": 2, "parent": 2, "registration_number": 3, "address": 1,
        "city": 0.5, "country": 0.5, "postcode": 0.5, "external_id": 0.5, "owner": 0.5,
    },
    "contacts": {
        "first_name": 2, "last_name": 2, "name": 0.5, "email": 2, "job_title": 2, "phone": 1, "company_id": 1, "external_id": 0.5,
        "company": 0.5, "owner": 0.5,
    },
    "products": {"name": 1, "code": 1.5, "price": 2.5},
    "members": {"name": 1, "email": 0.5, "role": 2, "team": 1.5, "manager": 2.5},
}  # fmt: skip

#: Headers that alone tell what a file holds.
TELLING: dict[str, tuple[str, ...]] = {
    "deals": ("deal", "affaire", "opportunity", "opportunite", "transaction", "potential"),
    "companies": ("account", "organization", "organisation", "societe", "entreprise", "company", "raison sociale"),
    "contacts": ("contact", "person", "personne", "prenom"),
    "products": ("product", "produit", "article"),
    "members": ("sales agent", "user", "utilisateur", "member", "membre", "commercial", "vendeur"),
}


WON = frozenset(
    "won|closed won|gagne|gagnee|fermee gagnee|fermee et gagnee|signe|signee|cloture gagnee|closed gagne|vendu|vendue|conclu"
    "|conclue|accepte|acceptee|commande|win|closed win|deal won".split("|")
)
LOST = frozenset(
    "lost|closed lost|perdu|perdue|fermee perdue|cloture perdue|fermee et perdue|abandonne|abandonnee|annule|annulee"
    "|cancelled|canceled|disqualified|refuse|refusee|rejete|rejetee|rejected|declined"
    "|sans suite|classe sans suite|deal lost|dead".split("|")
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
    "nouveau": "prospecting",
    "new": "prospecting",
    "lead": "prospecting",
    "piste": "prospecting",
    "a contacter": "prospecting",
    "a rappeler": "prospecting",
    "contacte": "qualification",
    "contacted": "qualification",
    "qualifie": "qualification",
    "rdv pris": "meeting",
    "rendez vous pris": "meeting",
    "demo": "meeting",
    "demonstration": "meeting",
    "presentation": "meeting",
    "devis": "proposal",
    "offre": "proposal",
    "offre envoyee": "proposal",
    "proposition envoyee": "proposal",
    "proposal sent": "proposal",
    "quote sent": "proposal",
    "nego": "closing",
    "contrat envoye": "closing",
    "contract": "closing",
}


def status_of(text: str) -> str:
    """`won`, `lost`, `open` when a word says so; empty otherwise."""
    words = search_words(text)
    if words in WON:
        return "won"
    if words in LOST:
        return "lost"
    return "open" if words in OPEN else ""
