### Everything the program says to people, in English.
###
### How it speaks: invitations, never commands; a choice at every step; short sentences in the present tense; plain words. No praise,
### no scores, no judgement, no exclamation marks. An elevated heart is never called anything but that: it may mean many things.
###
### $anchor is what attention rests on: breath, feet, hands, sound or sight. None is better than another.

## The self-compassion break

self-compassion-break-title = Self-compassion break
self-compassion-break-about = Noticing what is hard, remembering that others know it too, and one kind sentence for yourself.

break-arrive =
    Your eyes can stay open. There is nothing to get right here.
    { $anchor ->
        [feet] If you like, notice where your feet meet the floor.
        [hands] If you like, notice what your hands are touching.
        [sound] If you like, notice the sounds that are here, near or far.
        [sight] If you like, let your eyes rest on something steady nearby.
       *[breath] If you like, notice a breath coming and going at its own pace.
    }

# Followed by three words to choose from.
break-notice =
    Something may be difficult right now.
    It can be here for a moment, just as it is.
    Perhaps a word comes close.
word-hard = hard
break-notice-hard = This is hard.
word-stressful = stressful
break-notice-stressful = This is stressful.
word-painful = painful
break-notice-painful = This is painful.

break-allow =
    It is all right to feel overwhelmed.
    Nothing needs to be solved in this moment.

break-lean =
    { $anchor ->
        [feet] Meanwhile, the floor goes on carrying you.
        [hands] Meanwhile, your hands can rest on what is there.
        [sound] Meanwhile, sounds come and go around you.
        [sight] Meanwhile, the things in the room stay where they are.
       *[breath] Meanwhile, the breath goes on by itself.
    }
    You can stay with that for a while, and let the difficult thing be in the background.
    Looking around the room is always possible.

break-others =
    Many people know a moment like this one.
    Somewhere, someone is in one right now.
    You are not alone in it.

break-unseen =
    People often carry more than their faces show.
    Perhaps someone you know has had a day like this, too.
    Finding it hard is part of being human.

break-friend =
    If a friend were in your place, what might you say?
    And in what voice?
    A little of that can be for you as well.

# Followed by three words to choose from: which kind of strength is wanted.
break-kind =
    You might offer yourself a sentence: one of these, or your own.
word-kind = kind
break-kind-kind = I can be gentle with myself here.
word-steady = steady
break-kind-steady = I can take this one small piece at a time.
word-protective = protective
break-kind-protective = I can look after what I need.

break-close =
    { $anchor ->
        [feet] For a moment, the floor under your feet.
        [hands] For a moment, what your hands are touching.
        [sound] For a moment, the sounds around you.
        [sight] For a moment, something your eyes like to rest on.
       *[breath] One easy breath, in its own time.
    }

break-onward =
    When you are ready, the day goes on.
    The kind words can come along.

## Kind hand

kind-hand-title = Kind hand
kind-hand-about = A hand where it comforts, or none, and one kind thought.

# Both this and the closing words are said in 20 seconds: about 35 words in all.
kind-hand-place =
    If you like: a hand on chest, belly or arm, or both hands together.
    Or without touch.

kind-hand-rest =
    There may be warmth, or a little weight, or not much at all.
    { $anchor ->
        [feet] Your feet can rest on the floor meanwhile.
        [hands] Your hands can be as they are.
        [sound] Sounds can come and go meanwhile.
        [sight] Your eyes can rest on something nearby.
       *[breath] The breath can come and go as it likes.
    }

kind-hand-thought =
    What might be good to hear right now?
    Perhaps: I am on my own side.

kind-hand-close =
    It is all right to feel overwhelmed.
    You are not alone in this. Kindness is for you, too.

## Grounding: where "this is too much" leads. Outward only; not every sense is there for everyone.

grounding-title = The room around you
grounding-about = Seeing, hearing, and the ground under you. Moving is welcome.

grounding-turn =
    There is only the room now.
    Your eyes can be open, and moving is welcome: standing, stretching, a few steps.

grounding-see =
    You might look around, slowly.
    A colour. An edge. Something far away.

grounding-hear =
    Or listen.
    A sound nearby. A sound further off.

grounding-feet =
    Your feet meet the ground, or something else carries you.
    You might press down a little, or rock from side to side.

grounding-close =
    You are here, in this place, today.
    You are not alone, and you can take all the time you need.

## Cautions

# Before every inward practice.
caution-inward =
    Turning inward can bring up hard feelings. This is known, and it happens to many people.
    If it does, you can look around the room, feel your feet, or stop.
    “{ too-much }” is there at every step.

seek-care =
    Chest pain, fainting, breathlessness, or a racing or irregular heart at rest that does not settle: please seek medical care. These are not moments to breathe through.

not-medical =
    kindbeat is not a medical device. It is for general well-being: it diagnoses nothing and treats nothing.
    When no break is offered, that does not mean that all is well.

## The offer

offer-title = A short break?

offer-body = Your heart has been running higher than usual for some minutes. There can be many reasons. Would a short break help?

# $rate and $usual in beats a minute; $span is the time over which the rate is averaged, "5 minutes".
offer-body-figures = Your heart has averaged { $rate } beats a minute over the last { $span }; about { $usual } is usual for you. There can be many reasons. Would a short break help?

# For those who do not want to hear of their heart, and while others can see the screen.
offer-body-no-heart = Perhaps this is a moment for a short break. Would one help?

# Where the notification has no buttons: below the offer, on a line of its own.
offer-run = To begin: kindbeat break
# The same where a middle-click on the notification starts.
offer-middle-click = To begin: middle-click here, or run kindbeat break
# The same where a click on the notification starts.
offer-click = To begin: click here, or run kindbeat break

# Has to begin with the word that starts.
start = Start
later = Later
fine = I'm fine

## On the page and in the terminal

leave = Leave
too-much = This is too much
back = Back
next = Next
pause = Pause
resume = Go on

# When grounding begins.
too-much-met =
    It was too much, and you stopped.
    Stopping is a way of taking care of yourself.

# The first page, before the first step.
begin = Begin
eyes-open = Your eyes can stay open all the while. You can stop whenever you like.
# Opens when to seek care, on the first page.
care-title = When a break is not what is needed

# Before a choice of: breath, feet, hands, sound, sight.
anchor-title = Attention can rest on
anchor-breath = the breath
anchor-feet = the feet
anchor-hands = the hands
anchor-sound = sounds
anchor-sight = something to look at

# For screen readers: what a group of buttons is for.
choices-title = Words to choose from, or none
controls-title = The break

# Stands still where others see a shape that slowly widens and narrows.
shape-still = The breath comes and goes in its own time.

# $rate in beats a minute.
heart-now = Your heart: { $rate } beats a minute

tense-question = If you like: how tense does it feel now?
tense-least = 0: not at all
tense-most = 10: as tense as can be
done = Done
skip = Skip

close = Close
may-close = This window can be closed now.

# The program that shows the page has stopped.
page-gone =
    The break ends here.
    It can begin again whenever you like.
page-refused =
    This address opens a break once, and for a short while.
    A new one comes from the next offer, or from the command: kindbeat break
page-no-script = This page needs its script to go on. In a terminal, the break runs with: kindbeat break --here
no-break = There is no break open just now.

ending-completed =
    The break ends here. However it went is fine.
    You can come back at any time.

ending-left =
    Leaving is always fine.
    The break is there whenever you want it.

ending-too-much =
    You turned away from what was too much. That is taking care of yourself.
    There will be no more offers today.

## In the terminal: keys, each followed by what it does. Said once, and whenever another key is typed.

terminal-keys-first = Enter: { begin }   q: { leave }   t: { too-much }
terminal-keys-step = Enter: { next }   b: { back }   p: { pause }   q: { leave }   t: { too-much }
terminal-keys-grounding = Enter: { next }   b: { back }   p: { pause }   q: { leave }
terminal-paused = Time stands still now. Enter goes on.
terminal-goes-on = It goes on.
terminal-answer = A figure and Enter, or Enter alone.
terminal-note = If you like, a line for yourself. It stays on this computer. Enter alone leaves it out.
# $problem is told by the part it is about.
terminal-not-kept = This break is not kept in the history. { $problem }

## Help lines: the numbers are in config/help-lines.toml

help-title = Someone to turn to
help-others = Other places
help-emergency = In an emergency:
help-talk = To talk with someone:
# $directory is an address to open oneself.
help-elsewhere = Everywhere else, and where a number no longer answers: the directory at { $directory }
# $date is a month and a year.
help-as-of = These numbers are as of { $date }.

## Why there was an offer, or none

# $rate, $excess and $usual in beats a minute; $span as above.
reason-risen = The heart averaged { $rate } beats a minute over the last { $span }: { $excess } above the usual { $usual }.

span-seconds =
    { $count ->
        [one] second
       *[other] { $count } seconds
    }
span-minutes =
    { $count ->
        [one] minute
       *[other] { $count } minutes
    }

# $hours with data, $learned hours that taught what is usual; both with two digits behind the point at most.
replay-summary =
    { $offers ->
        [one] { $offers } offer
       *[other] { $offers } offers
    }, { $held } held back, in { $hours } h with data; { $learned } h of them taught what is usual.

gate-day-off = Nothing was offered: the day was left free.
gate-quiet-hours = Nothing was offered: these were quiet hours.
gate-snoozed = Nothing was offered: offers were snoozed.
gate-break-open = Nothing was offered: a break was open already.
gate-locked = Nothing was offered: the screen was locked.
gate-away = Nothing was offered: nobody was at the desk.
gate-moving = Nothing was offered: this was movement or exercise, or the recovery from it.
gate-just-returned = Nothing was offered: the return to the desk was too recent.
gate-in-call = Nothing was offered: the microphone or the camera was in use.
gate-sharing = Nothing was offered: the screen was being shared.
gate-full-screen = Nothing was offered: a window filled the screen.
gate-do-not-disturb = Nothing was offered: notifications were silenced.
gate-inhibited = Nothing was offered: a program kept the screen awake.
gate-daily-limit = Nothing was offered: the day's offers were used up.
gate-cool-down = Nothing was offered: the last offer was not long ago.
gate-no-pause = Nothing was offered: the hands did not rest in time.
gate-settled = Nothing was offered: the heart settled before a good moment came.

## kindbeat why: the last offer, and how things stand

# $time is the local time of day, $reason is reason-risen.
why-last-offer = A break was offered at { $time }. { $reason }
why-no-offer = No break has been offered since kindbeat was started.
why-answered-start = It was begun.
why-answered-later = The answer was: later.
why-answered-fine = The answer was: I'm fine.
why-answered-moving = The answer was: I was moving.
why-answered-excited = The answer was: I was excited.
why-expired = Nobody answered, which is fine.
why-replaced = A newer offer took its place.
why-open = It is still open: kindbeat break begins it.

why-nothing-measured = Nothing is measured just now, so nothing can be offered. kindbeat status tells more.
# Both in whole minutes of wear.
why-learning = What is usual for you is still being learned: { $learned } of { $needed } minutes so far. Nothing is offered before that.
# $rate, $usual, $spread and $rise in beats a minute; $span as above.
why-figures = Over the last minute your heart averaged { $rate } beats a minute; about { $usual } is usual for you, give or take { $spread }. It counts as up once the average of { $span } is { $rise } above usual.
why-settled = It is near usual, so there is nothing to offer.
why-settling = It has come down again, so there is nothing to offer.
# $time as above.
why-rising = It has been higher than usual since { $time }, not yet for long enough or by enough.
why-elevated = It has been up since { $time }.
# Followed by one line for each.
why-closed = What would hold an offer back just now:
why-all-open = Nothing would hold an offer back just now.

closed-day-off = this day is left free
closed-quiet-hours = these are quiet hours
closed-snoozed = offers are snoozed
closed-break-open = a break is open
closed-locked = the screen is locked
closed-away = nobody is at the desk
closed-moving = this is movement or exercise, or the recovery from it
closed-just-returned = the return to the desk is too recent
closed-in-call = the microphone or the camera is in use
closed-sharing = the screen is being shared
closed-full-screen = a window fills the screen
closed-do-not-disturb = notifications are silenced
closed-inhibited = a program keeps the screen awake
closed-daily-limit = the day's offers are used up
closed-cool-down = the last offer is not long ago
closed-no-pause = the hands are at work; a pause is waited for
closed-settled = the heart has settled

## Notices on the desktop: few, and only where something has to be known. $problem is told by the part it is about.

notice-config-title = kindbeat: the settings
notice-config-kept = The settings in the file have a fault, so the last good ones stay in force. { $problem }
notice-config-start =
    kindbeat did not start: its settings have a fault. { $problem }
    Once that is mended: systemctl --user start kindbeat
notice-store-title = kindbeat: the history
notice-store-failing = The history cannot be written for now. It is kept in memory, and writing is tried again. { $problem }
notice-store-aside = The history that was there cannot be used: { $problem }. It is kept as { $path }, and a new one was begun.
notice-store-none = kindbeat runs, but remembers nothing of today. { $problem }
notice-page-title = kindbeat: the break
notice-page-address = No browser opened the break by itself. Within a minute, this address opens it: { $url }
notice-page-none = The break could not be opened: this machine gives no port for its page. The log has more: journalctl --user -u kindbeat
