"""The words of the demo company in English, for who reads it so; its people, clients and towns stay French."""

from __future__ import annotations

from django.utils.translation import get_language

WORDS = {
    # Sectors
    "Industrie": "Manufacturing",
    "Bâtiment": "Construction",
    "Santé": "Health",
    "Agroalimentaire": "Food",
    "Énergie": "Energy",
    # What clients need
    "Planning des interventions": "Visit scheduling",
    "Maintenance préventive": "Preventive maintenance",
    "Suivi des tournées": "Route tracking",
    "Parc de matériels": "Equipment register",
    "Gestion des stocks": "Stock management",
    "Contrats d’entretien": "Service contracts",
    "Application mobile des techniciens": "Mobile app for technicians",
    "Rondes et interventions": "Rounds and visits",
    "Planning des équipes": "Team scheduling",
    "Portail client": "Customer portal",
    "Devis et facturation": "Quotes and invoicing",
    "Métrologie": "Metrology",
    "Géolocalisation": "Vehicle location",
    "SAV": "After-sales service",
    # What contacts do
    "Direction générale": "General management",
    "Direction des opérations": "Head of operations",
    "Responsable maintenance": "Maintenance manager",
    "DSI": "CIO",
    "Gérance": "Owner-manager",
    "Achats": "Purchasing",
    "Responsable d’exploitation": "Site manager",
    "Direction administrative et financière": "Finance and administration",
    "Responsable d’atelier": "Workshop manager",
    # Products
    "Planning": "Scheduling",
    "Mobilité": "Mobile",
    "Stocks": "Stock",
    "Mise en service": "Set-up",
    # Sources
    "Site web": "Web site",
    "Recommandation": "Referral",
    "Salon": "Trade fair",
    "Prospection téléphonique": "Cold call",
    "Webinaire": "Webinar",
    "Partenaire": "Partner",
    # Why deals are lost
    "Prix trop élevé": "Too expensive",
    "Concurrent retenu": "A competitor was chosen",
    "Sans réponse": "No answer",
    "Projet abandonné": "Project dropped",
    "Budget gelé": "Budget frozen",
    "Fonction manquante": "Missing feature",
    "Autre": "Other",
    # Teams
    "Grands comptes": "Key accounts",
    "PME": "Small business",
    # What is said of moves and calls
    "Rencontré au salon, besoin déjà clair": "Met at the fair, the need is clear already",
    "Ancien client, besoin connu": "Former client, the need is known",
    "Cahier des charges reçu": "Specification received",
    "La direction veut revoir le besoin": "The management wants to look at the need again",
    "Nouvel interlocuteur, à requalifier": "Somebody new to talk to, to be qualified again",
    "Démonstration à refaire pour l’atelier": "The workshop wants its own demonstration",
    "Deux signatures attendues avant la fin du mois": "Two signatures expected before the end of the month",
    "Le gros dossier glisse peut-être au trimestre suivant": "The large one may slip into the next quarter",
    "Confirmé par l’acheteur": "Confirmed by the buyer",
    "Tout dépend du comité de direction": "It all depends on the board",
    "Projet reporté à l’exercice suivant": "Put off to the next fiscal year",
    "Changement de direction": "Change of management",
    "Sous contrat jusqu’en mars": "Under contract until March",
}


def worded(french: str) -> str:
    """Words of `trade` in the language that the demo is filled in."""
    return WORDS.get(french, french) if get_language() == "en" else french
