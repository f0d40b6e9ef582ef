"""The company that uses Piste: its settings, its members, their teams and rights, its custom fields.

Words: a *member* signs in; a *role* (rep, manager, admin) says what they may do; *sees* (own, team, all) says
which deals they see; a *team* gathers members; a *custom field* is a fact the company itself chose to keep.

Always true here: there is one row of settings; an installation that has been set up keeps at least one active
admin; a deactivated member cannot sign in but keeps their name wherever they acted.
"""
