"""What Piste does by itself about deals: when something happens, if the deal is like this, then do that.

Words: an *automation* has a *recipe*: one *when*, conditions (*if*), actions (*do*) in their order; an *occurrence* is one time
that its when has come for a deal, named by a *key*; a *run* is what became of it, with its reason; the *follower* reads the
journal, the *look* asks the clock; an action that must not disturb now is done *later*; a *delivery* is a message to another
system.

Always true here: an occurrence of an automation has one run, written in the same transaction as all that it did; the place up to
which the journal was read is never ahead of it; what an automation does goes through the operations of the rooms below and is
told with its cause; creating, changing or switching an automation is a version of its pipeline's process."""
