"""Material of the demo company: who buys, who sells, what is sold, why deals are lost. All invented, in French; `english` has
its words for who reads it in English."""

from __future__ import annotations

TRADES = (
    "Chauffage", "Laiterie", "Scierie", "Imprimerie", "Fonderie", "Biscuiterie", "Menuiserie", "Transports",
    "Ascenseurs", "Nettoyage", "Sécurité", "Électricité", "Plomberie", "Garage", "Serrurerie", "Verrerie",
    "Pépinières", "Thermes", "Clinique", "Cabinet", "Laboratoires", "Coopérative", "Énergies", "Ateliers",
    "Piscines", "Couverture", "Maçonnerie", "Traiteur", "Brasserie", "Carrosserie", "Logistique", "Froid",
    "Peinture", "Charpente", "Climatisation", "Jardins", "Cycles", "Hôtel", "Résidence", "Institut",
)  # fmt: skip

FAMILIES = (
    "Mathern", "Kerjan", "Ostrowski", "Guillerm", "Vauquelin", "Perdriau", "Duvivier", "Thévenin", "Labrousse",
    "Marsac", "Faucher", "Brunel", "Sénéchal", "Aubin", "Rouvier", "Barrault", "Lopez", "Keller", "Oriol",
    "Vasseur", "Roche", "Delmas", "Chevrier", "Lacombe", "Fontanel", "Besnard", "Quéméner", "Arnaud", "Teyssier",
    "Maillard", "Pichon", "Royer", "Gaudin", "Hamon", "Jourdan", "Lemoine", "Marchal", "Noël", "Pasquier",
    "Rivoire", "Salaün", "Tessier", "Vidal", "Weber", "Zimmer", "Bodin", "Cartier", "Dumas", "Évrard", "Ferrand",
)  # fmt: skip

PLACES = (
    "des Combes", "du Ponant", "Val d’Ance", "de Saint-Vaury", "du Cher", "du Parc-Neuf", "de Brévonnes",
    "des Remparts", "de la Loire", "du Vercors", "des Alpilles", "de l’Isle", "du Bocage", "de la Baie",
    "des Landes", "du Morvan", "de la Drôme", "du Littoral", "des Cévennes", "du Haut-Doubs",
)  # fmt: skip

FIRST_NAMES = (
    "Claire", "Antoine", "Nadia", "Julien", "Sophie", "Karim", "Élodie", "Mathieu", "Aïcha", "Guillaume", "Sandrine",
    "Thibault", "Maëlle", "Olivier", "Inès", "Bruno", "Céline", "Yannick", "Florence", "Romain", "Gaëlle", "Pascal",
    "Léa", "Vincent", "Noémie", "Stéphane", "Fatou", "Loïc", "Mireille", "Damien", "Hélène", "Xavier",
)  # fmt: skip

CITIES = (
    ("Rennes", "35000"), ("Nantes", "44000"), ("Lyon", "69003"), ("Grenoble", "38000"), ("Clermont-Ferrand", "63000"),
    ("Dijon", "21000"), ("Lille", "59000"), ("Strasbourg", "67000"), ("Bordeaux", "33000"), ("Toulouse", "31000"),
    ("Bourges", "18000"), ("Annecy", "74000"), ("Quimper", "29000"), ("Valence", "26000"), ("Limoges", "87000"),
)  # fmt: skip

SECTORS = (
    "Maintenance", "Industrie", "Bâtiment", "Santé", "Agroalimentaire", "Énergie", "Transport", "Services",
)  # fmt: skip

NEEDS = (
    "Planning des interventions", "Maintenance préventive", "Suivi des tournées", "Parc de matériels",
    "Gestion des stocks", "Contrats d’entretien", "Application mobile des techniciens", "Rondes et interventions",
    "Planning des équipes", "Portail client", "Devis et facturation", "Métrologie", "Géolocalisation", "SAV",
)  # fmt: skip

JOB_TITLES = (
    "Direction générale", "Direction des opérations", "Responsable maintenance", "DSI", "Gérance", "Achats",
    "Responsable d’exploitation", "Direction administrative et financière", "Responsable d’atelier",
)  # fmt: skip

#: Name, code, price in cents.
PRODUCTS = (
    ("Planning", "PLA", 390_000),
    ("Maintenance", "MNT", 540_000),
    ("Mobilité", "MOB", 240_000),
    ("Stocks", "STK", 310_000),
    ("Mise en service", "MES", 280_000),
)

#: Source and how often prospects come from it.
SOURCES = (
    ("Site web", 30),
    ("Recommandation", 18),
    ("Salon", 14),
    ("Prospection téléphonique", 20),
    ("Webinaire", 10),
    ("Partenaire", 8),
)

#: Reason and how often it is given.
LOSS_REASONS = (
    ("Prix trop élevé", 24),
    ("Concurrent retenu", 20),
    ("Sans réponse", 22),
    ("Projet abandonné", 14),
    ("Budget gelé", 10),
    ("Fonction manquante", 6),
    ("Autre", 4),
)

#: The people who sell: name, role, what they see, team index, share of the new deals.
SELLERS = (
    ("Inès Benali", "rep", "team", 0, 20),
    ("Hugo Lambert", "rep", "team", 0, 18),
    ("Lucie Martel", "rep", "team", 0, 22),
    ("Thomas Garnier", "rep", "team", 1, 16),
    ("Chloé Meunier", "rep", "team", 1, 14),
    ("Nicolas Roux", "rep", "own", 1, 10),
    ("Camille Moreau", "manager", "all", 0, 0),
    ("Yves Delorme", "admin", "all", None, 0),
)

#: How often each of them does what the playbooks ask.
DILIGENCE = (0.5, 0.78, 0.6, 0.36, 0.7, 0.55, 0.6, 0.6)

TEAMS = ("Grands comptes", "PME")

WHY_SKIPPED = ("Rencontré au salon, besoin déjà clair", "Ancien client, besoin connu", "Cahier des charges reçu")
WHY_RETURNED = (
    "La direction veut revoir le besoin",
    "Nouvel interlocuteur, à requalifier",
    "Démonstration à refaire pour l’atelier",
)
WHY_CALLED = (
    "Deux signatures attendues avant la fin du mois",
    "Le gros dossier glisse peut-être au trimestre suivant",
    "Confirmé par l’acheteur",
    "Tout dépend du comité de direction",
)
WHY_HELD = (
    "Projet reporté à l’exercice suivant",
    "Budget gelé",
    "Changement de direction",
    "Sous contrat jusqu’en mars",
)
