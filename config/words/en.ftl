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
    There is nothing to get right here.
    { $anchor ->
        [feet] You might notice where your feet meet the floor.
        [hands] You might notice what your hands are touching.
        [sound] You might notice the sounds that are here, near or far.
        [sight] Your eyes might rest on something steady nearby.
       *[breath] You might notice a breath coming and going at its own pace.
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
    Attention can rest there, and what is difficult can be in the background.
    You can look around at any time.

break-others =
    Many people know moments like this.
    Someone is having one right now.
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
break-kind-protective = I may say no, or not now.

break-close =
    { $anchor ->
        [feet] For a moment, the floor under your feet.
        [hands] For a moment, what your hands are touching.
        [sound] For a moment, the sounds around you.
        [sight] For a moment, something your eyes like to rest on.
       *[breath] One breath, just as it comes.
    }

break-onward =
    When you are ready, the day goes on.
    The kind words can come along.

## Kind hand

kind-hand-title = Kind hand
kind-hand-about = A hand where it comforts, or none, and one kind thought.

# Both this and the closing words are said in 20 seconds: about 35 words in all.
kind-hand-place =
    If you like: a hand on arm, belly or chest.
    A kind thought alone is enough, too.

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
    You are not alone in this. You can be gentle with yourself.

## Slow breathing with your heart

slow-breathing-title = Slow breathing with your heart
slow-breathing-about = An easy, slow breath to follow. The heart often goes along.
slow-breathing-caution = If you feel light-headed, short of air or uneasy, the breath can go back to its own pace.

slow-settle =
    You can sit or stand just as you are.
    There is nothing to get right here.

slow-follow =
    The breath might go with the guide: in, and slowly out.
    Small and easy is enough. Where the guide does not fit, your own pace is fine.

slow-heart =
    As the breath comes in, many hearts go a little faster; as it goes out, a little slower.
    Often it cannot be noticed, and that is fine.

slow-others = Others are taking a slow breath on a hard day, too.

slow-stay =
    In, and slowly out.
    When the mind wanders off, it can come back with the next breath.

slow-close =
    The breath can find its own pace again.
    You are not alone in needing a pause, and this one was for you.

own-pace-title = A pace of your own
own-pace-about = Two minutes with a guide that slowly grows slower, to see at which pace your heart goes along furthest.

own-pace-settle =
    You can sit just as you are, rather still if that is comfortable.
    There is nothing to get right here. Hearts differ from one to another, and any pace is a good one.

own-pace-follow =
    The breath might go with the guide, small and easy: in, and slowly out.
    It grows slower little by little. Where that does not fit, your own pace is fine, and you can leave at any moment.

own-pace-close =
    The breath can find its own pace again.
    Others are looking for a breath that suits them, too. You are not alone, and this time was for you.

## The long breath out

long-exhale-title = The long breath out
long-exhale-about = Two short breaths in, then one long breath out.
long-exhale-caution =
    This one is not for people with a breathing illness; another practice fits better.
    If you feel light-headed, short of air or uneasy, the breath can go back to its own pace.

exhale-how =
    Two short breaths in: one, and a little more on top.
    Then a long, slow breath out.

exhale-follow =
    If you like, a few rounds with the guide.
    The breath out can take its time.

exhale-rest = And now the breath as it comes.

exhale-others =
    Everyone sighs.
    Just now, many people are letting out a breath like this one.

exhale-again =
    A few rounds more, if they do you good.
    Or the breath as it comes.

exhale-close =
    It is all right to feel overwhelmed.
    You are not alone in this, and a breath like this is always near.

## Soles of the feet

soles-of-the-feet-title = Soles of the feet
soles-of-the-feet-about = Attention rests where the ground carries you.

feet-contact =
    You might feel where your feet meet the floor: warm or cool, firm or soft.
    Thighs on the chair, your back or your hands do just as well.

feet-rock =
    You might move a little: forward and back, or from side to side.
    The touch changes as you move.

feet-wander =
    Thoughts may come, and that is fine.
    Each time, the ground is still there to come back to.

feet-widen =
    From there, attention can grow wider: the floor, the room, light and sounds.
    You might look around.

feet-others =
    The same ground carries many people who have a hard day today.
    You are one of many.

feet-close =
    The ground goes on carrying you.
    You are not alone in this, and you can go gently with yourself.

## Dropping anchor

dropping-anchor-title = Dropping anchor
dropping-anchor-about = Saying what is here, moving a little, and coming back to the room.

dropping-here =
    Something may be here: thoughts, a feeling, tension.
    You might name it: here is worry, or here is sadness.

dropping-body =
    It can be there while you press your feet down, stretch your arms or lengthen your back.
    Slowly, in a way that feels good. Or whatever moves easily.

dropping-room =
    And you might look around: a few things to see, a few things to hear.
    This is where you are.

dropping-again =
    Once more, if you like. What was here may still be here, and that is all right.
    There is also a body that can move, and a room around it.

dropping-others =
    Moments like this come to everybody.
    Many people are finding their balance just now.

dropping-close =
    What was here may take its time. You can take yours.
    You are not alone in it, and you can be gentle with yourself.

## Breathing space

breathing-space-title = Breathing space
breathing-space-about = What is here; then one place to rest in; then everything around.

space-here =
    What is here just now? Thoughts, a feeling, something in the body.
    For a moment, all of it can be as it is.

space-gather =
    Then attention can gather in one place.
    { $anchor ->
        [feet] The soles of your feet, as they meet the floor.
        [hands] Your hands, and what they are touching.
        [sound] The sounds that are here, near or far.
        [sight] Something steady that your eyes like to rest on.
       *[breath] The breath, coming and going at its own pace.
    }

space-stay =
    { $anchor ->
        [feet] The feet, there on the floor.
        [hands] The hands, and what they touch.
        [sound] One sound, and then the next.
        [sight] The same thing, seen once more.
       *[breath] One breath, and then the next.
    }
    When attention wanders, it can come back as often as it likes.

space-widen =
    From there, attention can grow wider: how you sit, your face, your shoulders.
    And the space around you.

space-others =
    In the middle of full days, other people stop like this, too.
    You are one of many.

space-close =
    What might do you good in the next hour?
    Something small is enough.

## Stop for a moment

stop-title = Stopping for a moment
stop-about = Stopping, one step back, a look around, and going on as you choose.

# Both this and the closing words are said in 20 seconds: about 35 words in all.
stop-pause =
    For this moment, nothing has to be done.
    You might step back and look.

stop-look =
    What is going on, around you and with you?
    You might look at it as a friend would, from a little distance.

stop-intent =
    And what matters in the next few minutes?
    One small thing is enough.

stop-close =
    It is all right to feel overwhelmed. You are not alone in this.
    You can go on as you choose.

## Soften, soothe, allow

soften-soothe-allow-title = Soften, soothe, allow
soften-soothe-allow-about = Meeting something mildly difficult where the body feels it.
soften-soothe-allow-caution = This fits something mildly difficult. For what hurts a lot, being with someone or another practice may be kinder.

soften-name =
    Something mildly difficult may come to mind.
    You might give it a soft name: worry, hurt, anger.

soften-find =
    Does it show somewhere in the body? Perhaps in the shoulders, the jaw, the belly, the chest?
    Not finding it is fine. You can look around at any time.

soften-ease =
    Around that place, things can soften a little, as in warm water.
    Nothing has to go away.

soften-soothe =
    Perhaps a hand there, or a warm word, as for someone dear to you.
    For instance: this is hard, and I am here.

soften-others =
    Many people carry something like this today.
    You are not alone with it.

soften-allow =
    It can be there, as much or as little as it is.
    You can look around at any time.

soften-close =
    Here is the room again: its light, its sounds.
    Softer or not, both are fine.

## What would you tell a friend?

friend-title = What would you tell a friend?
friend-about = A hard sentence from the inner critic, and what a friend would hear in its place.

friend-caution =
    This fits a sentence that stings a little.
    With one that hurts a lot or frightens you, talking with someone may be kinder.

friend-critic =
    Is there a hard sentence about yourself in your mind just now?
    You might hear it as words passing by. They are not the whole truth about you.

friend-others =
    Nearly everyone knows a voice like that.
    It is often louder on hard days.

friend-say =
    If a good friend had a day like this, and that sentence in mind, what might you say?
    And how would it sound?

friend-self =
    Now the same for you, or a part of it.
    Your own name in front of it can help.

friend-arrive =
    How does it arrive? Warm, strange, or not much at all?
    Any of these is fine.

friend-close =
    One of those words can come along into the day.
    If you would like to keep it, there is room for a line at the end.

## Good enough

good-enough-title = Good enough
good-enough-about = For days on which nothing seems to be good enough.

enough-rule =
    Is there something that has to be perfect just now?
    It may sound like a rule, for instance: I have to do this without a mistake.

enough-cost =
    What does this rule give you?
    And what does it take: time, sleep, ease?

enough-others =
    Many people live with such a rule.
    Much of what is around you was made by people who stopped when it was good enough.

enough-kinder =
    What could be good enough for today?
    Not for ever. Only for this one thing.

enough-close =
    Perhaps a sentence for it: I may stop when it is good enough.
    You are more than what gets done.

## Giving and receiving

giving-and-receiving-title = Giving and receiving
giving-and-receiving-about = Something kind for yourself as the breath comes in, something for another as it goes out.

give-arrive =
    The breath can come and go as it likes.
    If the breath is not a good place, the hands can close and open instead: closing for in, opening for out.

give-in =
    As the breath comes in, something you could use: rest, patience, strength.
    In: something for me.

give-out =
    As the breath goes out, something for someone else: anyone you would like to wish well.
    Out: something for you.

give-both =
    Something for me, something for you.
    There can be more of the one or the other, as it is needed.

give-apart =
    You do not have to carry what is theirs.
    A good wish can go across all the same.

give-close =
    You are both human.
    What you need counts as much as what they need.

## Kind wishes

kind-wishes-title = Kind wishes
kind-wishes-about = A wish for yourself, and one for others in the same boat.

wishes-arrive =
    You can sit just as you are.
    Perhaps with a hand where it comforts, or with your eyes on something you like.

# Followed by three words to choose from.
wishes-self =
    A wish for yourself, as you might write it on a card: one of these, or your own.
word-ease = ease
wishes-self-ease = May there be some ease for me today.
word-courage = courage
wishes-self-courage = May I find the courage this day asks for.
word-rest = rest
wishes-self-rest = May I find rest when I need it.

wishes-stay =
    You might say it a few times, slowly, without a sound.
    It does not have to feel like anything.

wishes-others =
    Others are in the same boat: the same work, the same worry, the same hour.
    The wish can go out to them as well.

wishes-wide =
    And wider: to people nearby, in this town, to whoever has a hard time somewhere.
    May it reach us all.

wishes-close =
    Here is the room again, and the day.
    The wish can come along.

## Savour

savour-title = Savour
savour-about = A minute with something pleasant nearby, or something simply neutral.

savour-find =
    Is there something pleasant close by, or something that is simply all right?
    A colour, a cup, the light, a sound.

savour-stay =
    For a while your senses can be with it: how it looks, how it feels, how it changes.
    Nothing has to come of it.

savour-close =
    On hard days, small good things can be there as well.
    You are not alone in needing them, and they are for you, too.

## One step up

one-step-up-title = One step up
one-step-up-about = Where you are between 0 and 10, and what one step more would look like.

step-now =
    Another scale: 0 is as hard as it gets, 10 is as good as you need it to be. Where are you now?
    A rough guess is fine.

step-holds =
    What keeps it from being lower?
    Or, at 0: what has helped you a little until now?

step-higher =
    What would be different one step higher?
    Something you would notice, however small.

step-others =
    Many people go in steps as small as this.
    A hard day is part of many lives.

step-close =
    Something small is enough for today, and so is nothing at all.
    You are not alone on these steps.

## Grounding: where "this is too much" leads. Outward only; not every sense is there for everyone.

grounding-title = What is around you
grounding-about = Seeing, hearing, and the ground under you. Moving is welcome.

grounding-turn =
    The practice is over.
    You might look around, stand, stretch, or go to another room.

grounding-see =
    You might look around, slowly.
    A colour. An edge. Something far away.

grounding-hear =
    Or there may be something to hear.
    A sound nearby. A sound further off.

grounding-feet =
    Your feet meet the ground, or something else carries you.
    You might press down a little, or rock from side to side.

grounding-close =
    You are here, in this place, today.
    You are not alone with moments like this, and there is no hurry.

## Cautions

# Before every inward practice.
caution-inward =
    Turning inward can bring up hard feelings. This is known, and it happens to many people.
    If it does, you can look around or listen, feel the ground or the chair, or stop.
    “{ too-much }” is there at every step.

seek-care =
    Chest pain, fainting, breathlessness, or a racing or irregular heart at rest that does not settle: please seek medical care now. A break is not the help that is needed then.

not-medical =
    kindbeat is not a medical device. It is for general well-being: it diagnoses nothing and treats nothing.
    An offer, or none, does not tell you whether you are well.

## The offer

offer-title = A short break?

# $turn is 0, 1 or 2, and another one in each offer: the same words twice running are soon not read any more.
offer-body =
    { $turn ->
        [0] Your heart has been running higher than usual for some minutes. There can be many reasons. Would a short break help?
        [1] For some minutes now, your heart has been faster than it usually is. That can have many reasons. Would a short break do you good?
       *[2] Your heart has stayed above its usual pace for the last minutes. Many things can do that. Would you like a short break?
    }

# $turn as above; $rate and $usual in beats a minute; $span is the time over which the rate is averaged, "5 minutes".
offer-body-figures =
    { $turn ->
        [0] Your heart has averaged { $rate } beats a minute over the last { $span }; about { $usual } is usual for you. There can be many reasons. Would a short break help?
        [1] Over the last { $span } your heart was at { $rate } beats a minute on average, where about { $usual } is usual. That can have many reasons. Would a short break do you good?
       *[2] Usually your heart is at about { $usual } beats a minute; over the last { $span } it was at { $rate }. Many things can do that. Would you like a short break?
    }

# For those who do not want to hear of their heart, and while others can see the screen. $turn as above.
offer-body-no-heart =
    { $turn ->
        [0] Perhaps this is a moment for a short break. Would one help?
        [1] This may be a good time to pause for a moment. Would a short break do you good?
       *[2] A short break is here, if you want one. Would you like to take it now?
    }

# Where the notification has no buttons: below the offer, on a line of its own.
offer-run = To begin: kindbeat break
# The same where a middle-click on the notification starts.
offer-middle-click = To begin: middle-click here, or run kindbeat break. A left click closes this.
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

# The first time, on three screens: what this is, what it is not and when to seek care, how to leave.
welcome-title = Before the first break
welcome-what =
    When your heart stays higher than usual for a while, kindbeat asks whether a short break would help.
    A break takes twenty seconds to five minutes: noticing what is hard, remembering that others know it too, and a kind word to yourself.
    Whatever it learns stays on this machine.
welcome-not =
    { seek-care }
    { not-medical }
welcome-way-out =
    You can leave at any moment, with “{ leave }” or the Escape key. Nothing is asked.
    “{ too-much }”, or the key T, leads outward, to what is around you.
    P pauses. The space bar goes to the next step.

# Before a choice of: 20 seconds, 1, 3, 5 minutes.
lengths-title = How long
length-20s = 20 seconds
length-1m = 1 minute
length-3m = 3 minutes
length-5m = 5 minutes

# On the first page of slow breathing: leads to two minutes with a guide that grows slower.
find-pace = Find a pace of your own first (3 minutes)

# Before two other practices.
others-title = Or something else
# Opens a scale from 0 to 10.
before-title = How tense is it now, if you like to say?

sound-title = Sound
sound-tones = Soft tones with the breath
sound-voice = Steps read aloud
sound-volume = How loud

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
# $in and $out in seconds.
shape-count = In for a slow count of { $in }, out for a slow count of { $out }.
shape-long-out = In, a little more in, and a long breath out.

# Below a line that shows how the heart goes faster and slower. $ms: milliseconds between the longest and the shortest interval of
# a breath; no judgement, and nothing it is held against.
line-title = Your heart, from beat to beat, over the last half minute
line-drawn = Your heart, from beat to beat.
line-swing = Your heart goes along with the breath: about { $ms } ms between its longer and its shorter beats.
line-even = Your heart keeps an even beat just now. That is fine, too.
line-waiting = The line begins with the next few beats.
line-silent = The monitor is quiet just now. The breath can go on without it.
line-no-rr = This monitor does not tell of single beats, so there is no line here.
line-poor = The beats cannot be told apart clearly just now, so the line rests. The breath can go on without it.
line-irregular = The beats come too unevenly for the line just now, so nothing is read from them. The breath can go on without it.

# After two minutes with the guide. $pace in breaths a minute.
pace-found =
    Your heart went along furthest at about { $pace } breaths a minute.
    The guide keeps that pace for you from now on.
pace-unfinished = The guide was interrupted, so nothing was read from it. Your pace stays as it is.
pace-no-rr = The monitor told of no single beats, so nothing can be said about a pace. The guide stays as it is.
pace-poor = The beats could not be told apart clearly enough to say anything about a pace. The guide stays as it is.
pace-irregular = The beats came too unevenly to say anything about a pace. The guide stays as it is.
pace-too-even =
    No pace stood out from the others this time.
    That is common. The guide stays as it is.

# $rate in beats a minute.
heart-now = Your heart: { $rate } beats a minute

tense-question = If you like: how tense does it feel now?
tense-least = 0: not at all
tense-most = 10: as tense as can be
liking-title = And another time
more-like-this = More like this
less-like-this = Less like this
note-title = A line for yourself, if you like. It stays on this machine.
course-title = How the heart moved
# $begin and $end in beats a minute.
course-words = Around { $begin } beats a minute as the break began, around { $end } as it ended. Hearts go up and down for many reasons.
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
    Stopping was a way of taking care of yourself.
    kindbeat leaves you in peace for the rest of the day. You can still open a break yourself.

# Above help lines, after several very tense answers.
hard-days =
    The last days may have been hard.
    If you like, here are people you can talk to.

## In the terminal: keys, each followed by what it does. Said once, and whenever another key is typed.

terminal-keys-welcome = Enter: { next }   b: { back }   q: { leave }   t: { too-much }
terminal-keys-first = Enter: { begin }   q: { leave }   t: { too-much }
terminal-keys-step = Enter: { next }   b: { back }   p: { pause }   q: { leave }   t: { too-much }
terminal-keys-grounding = Enter: { next }   b: { back }   p: { pause }   q: { leave }
terminal-paused = Time stands still now. Enter goes on.
terminal-goes-on = It goes on.
# $word is what attention rests on: "the breath".
terminal-anchor = { anchor-title } { $word }.   r: something else
terminal-anchor-now = { anchor-title } { $word } now.
terminal-before = h: { before-title }
# $tense is the figure, 0 to 10.
terminal-before-said = { $tense } of 10, before the break.
terminal-answer = A figure and Enter, or Enter alone.
terminal-liking = m: { more-like-this }   l: { less-like-this }   Enter: { skip }
terminal-note = A line and Enter, or Enter alone.
# $length is how long the break is now to last, "3 minutes".
terminal-length = It lasts { $length } now.
# $problem is told by the part it is about.
terminal-mute = The steps are not read aloud: { $problem }. Starting speech-dispatcher may help; "voice = false" turns reading off.
terminal-not-kept = This break is not kept in the history. { $problem }

## kindbeat history: each day with what happened, in the order of time

history-none = There is no history yet: it begins with the first offer or break.
history-nothing = There was no offer and no break on this day.
# $hours with a point, $rate in beats a minute.
history-worn = The heart was heard for { $hours } hours; half of the time it beat slower than { $rate } a minute, half of the time faster.
# $title is what the practice is called, $length how long it was to last: "3 minutes".
history-completed = { $title }, { $length }, to its end.
history-left = { $title }, { $length }, left before its end.
history-too-much = { $title }, { $length }; it was too much, and led outward.
history-open = { $title }, { $length }, open or interrupted.
# Tension from 0 to 10.
history-tense = Tense before: { $before }, afterwards: { $after }.
history-tense-before = Tense before: { $before }.
history-tense-after = Tense afterwards: { $after }.
history-more = More like this is welcome.
history-less = Less like this is welcome.
history-note = Note: { $note }
# Followed by what became of it.
history-offered = A break was offered.
# $rate and $usual in beats a minute, $span is "5 minutes".
history-figures = The heart averaged { $rate } beats a minute, about { $usual } was usual; it had begun to rise { $span } before.

## kindbeat why --all: each time the heart was up, and what became of it

decisions-none = Since this was first stored, your heart has not been up for long enough to offer a break.
# $until is a time of day, $span is "5 minutes".
decisions-up-until = Your heart was up until { $until }: { $span }.
decisions-up = Your heart went up.
# $time is a time of day. Followed by what became of it.
decisions-offered = At { $time } a break was offered.
decisions-open = Nothing is decided yet, or kindbeat ended before it was.

## Help lines: the numbers are in config/help-lines.toml

help-title = Someone to turn to
help-others = Other places
help-emergency = In an emergency:
help-talk = To talk with someone:
# $directory is an address to open oneself.
help-elsewhere = Everywhere else, and where a number no longer answers: the directory at { $directory }
# $date is help-month.
help-as-of = These numbers are as of { $date }.
# $month from 1, $year in four figures.
help-month =
    { $month ->
        [1] January { $year }
        [2] February { $year }
        [3] March { $year }
        [4] April { $year }
        [5] May { $year }
        [6] June { $year }
        [7] July { $year }
        [8] August { $year }
        [9] September { $year }
        [10] October { $year }
        [11] November { $year }
       *[12] December { $year }
    }
# Where a number works.
places-europe = Europe and most mobile networks
places-us-ca = US and Canada
places-gb = UK
places-gb-ie = UK and Ireland
places-au = Australia
places-nz = New Zealand
places-de = Germany
places-at = Austria
places-ch = Switzerland
places-fr = France
places-nl = Netherlands
places-es = Spain

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
# By itself: "a minute", "5 minutes".
lasting-minutes =
    { $count ->
        [one] a minute
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
gate-resting = Nothing was offered: a break had been too much, and offers rested.
gate-postponed = Nothing was offered: the last offer had been put off with "Later".
gate-break-open = Nothing was offered: a break was open already.
gate-other-session = Nothing was offered: another session was on the screen, not yours.
gate-locked = Nothing was offered: the screen was locked.
gate-away = Nothing was offered: nobody was at the desk.
gate-moving = Nothing was offered: this was movement or exercise, or the recovery from it.
gate-just-returned = Nothing was offered: the return to the desk was too recent.
gate-after-walk = Nothing was offered: your heart rose while you were away from the keyboard, as it does on a short walk.
gate-unchanging = Nothing was offered: the monitor had repeated one heart rate for minutes, as it does when it is stuck.
gate-in-call = Nothing was offered: the microphone or the camera was in use, as far as could be told.
gate-sharing = Nothing was offered: the screen was being shared, as far as could be told.
gate-full-screen = Nothing was offered: a window filled the screen, as far as could be told.
gate-do-not-disturb = Nothing was offered: notifications were silenced, by you or by your desktop, as far as could be told.
gate-inhibited = Nothing was offered: a program kept the screen awake, as far as could be told.
gate-daily-limit = Nothing was offered: the day's offers were used up.
gate-cool-down = Nothing was offered: after the last offer or break there was still quiet.
gate-no-pause = Nothing was offered: no rest of the hands was seen in time.
gate-settled = Nothing was offered: the heart settled before a good moment came.

## kindbeat why: the last offer, and how things stand

# $time is the local time of day, $reason is reason-risen.
why-last-offer = A break was offered at { $time }. { $reason }
why-no-offer = No break has been offered since kindbeat was started.
# $time is when it was over, $reason one of gate-day-off to gate-settled.
why-held = Your heart was up until { $time }. { $reason }
why-answered-start = It was begun.
why-answered-later = The answer was: later.
why-answered-fine = The answer was: I'm fine.
why-answered-moving = The answer was: I was moving.
why-answered-excited = The answer was: I was excited.
why-expired = Nobody answered, which is fine.
why-not-shown = It could not be shown on the desktop, so nobody could answer.
why-open-not-shown = It could not be shown on the desktop: kindbeat break begins it.
# Behind one of these two, where the offer does not count against offer.at_most_per_day.
why-uncounted = It does not count for the day.
why-uncounted-no-number = The program for notifications took it and showed nothing, as it does while it is paused. It does not count for the day.
why-uncounted-closed = The program for notifications took it away at once, as it does while it is silenced. It does not count for the day.
# Behind all of these, where it was shown a second time.
why-shown-again = It was shown again: it may have left the screen before anybody saw it.
# In place of gate-no-pause-closed, which is half a sentence, too: how long they have rested may not be known.
why-hands-rest = your hands rest already, for longer than a pause; kindbeat waits for the next one
# The same, where what tells of the hands cannot tell them from such a program.
why-hands-unsure = kindbeat waits for the moment when your hands pause; a program that keeps the screen awake, as a film does, counts as hands here
why-replaced = A newer offer took its place.
why-open = It is still open: kindbeat break begins it.

# Why no heart rate is known: the first thing that is said then.
why-no-strap = No heart rate is coming in, so nothing can be offered: no strap has been found yet. kindbeat keeps looking for one.
why-searching = No heart rate is coming in, so nothing can be offered: kindbeat is looking for the strap.
why-connecting = No heart rate is coming in yet, so nothing can be offered: the strap is being connected.
why-silent = No heart rate is coming in, so nothing can be offered: the strap is connected, but it sends nothing. Most straps need moist skin contact.
why-away = No heart rate is coming in, so nothing can be offered: the strap is out of reach. kindbeat still looks for it now and then.
why-adapter-off = No heart rate is coming in, so nothing can be offered: Bluetooth is switched off.
why-no-bluetooth = No heart rate is coming in, so nothing can be offered: there is no Bluetooth adapter, or no Bluetooth service.
why-blocked = No heart rate is coming in, so nothing can be offered: Bluetooth is blocked, as it is in airplane mode.
why-service-ends = No heart rate is coming in, so nothing can be offered: the Bluetooth service ended while kindbeat was looking for the strap. kindbeat leaves it alone for a while, then tries again.
why-in-use = No heart rate is coming in, so nothing can be offered: another program on this computer is using the strap. kindbeat takes it when it is free.
why-needs-pairing = No heart rate is coming in, so nothing can be offered: the strap is in reach, but it seems that it has to be paired first. "kindbeat devices --pair NAME" does that.
why-bond-lost = No heart rate is coming in, so nothing can be offered: the strap is in reach, but it seems to have forgotten that it was paired with this computer. "kindbeat devices --pair NAME" pairs it anew.
why-hangs-up = No heart rate is coming in, so nothing can be offered: the strap is in reach, but ends the connection each time. kindbeat keeps trying; some do this until they are paired: "kindbeat devices --pair NAME".
why-released = No heart rate is coming in, so nothing can be offered: the strap is free for other devices while you are not at this desktop.
why-off-body = No heart rate is coming in, so nothing can be offered: the strap feels no skin.
why-no-rate = No heart rate is coming in, so nothing can be offered: the strap is connected, but it sends none.
# $time as above: since when the rate is the same.
why-frozen = The strap has sent the very same heart rate over and over since { $time }, as no heart does; perhaps nobody wears it. Until the rate changes, nothing is learned and nothing offered.
# Both in whole minutes of wear.
why-learning = What is usual for you is still being learned: { $learned } of { $needed } minutes so far. Nothing is offered before that.
# $rate, $usual, $spread and $rise in beats a minute. $window is behind "the last": "minute", "20 seconds"; $span by itself: "a minute",
# "5 minutes".
why-figures = The median of the last { $window } is { $rate } beats a minute; about { $usual } is usual for you, give or take { $spread }. Your heart counts as up once its average over { $span } is { $rise } above usual.
why-settled = It is near usual, so there is nothing to offer.
why-settling = It has come down again, so there is nothing to offer.
# $time as above.
why-rising = It has been higher than usual since { $time }, not yet for long enough or by enough.
why-elevated = It has been up since { $time }.
# Each stands behind why-elevated, where it is so.
why-due = A break is about to be offered.
why-not-enough = Just now it is not up by enough for an offer.
why-given-up = No pause of your hands was seen in time, so no break is offered for this any more.
why-asked = A break was offered for this, and none is offered again.
# Each followed by one line for each. The first where there is something to offer.
why-holds = What holds an offer back just now:
why-closed = What would hold an offer back just now:
# $reason is one of gate-snoozed-closed, gate-resting-closed and gate-postponed-closed; $until is a moment: "15:04", "Tue 09:00" or "midnight".
why-closed-until = { $reason }, until { $until }
why-all-open = Nothing would hold an offer back just now.
# Nobody looks at the desktop just now, so the list above says nothing of it.
why-desktop-unseen = Whether you are in a call, share the screen and the like is only looked at when a break is about to be offered.

gate-day-off-closed = this day is left free
gate-quiet-hours-closed = these are quiet hours
gate-snoozed-closed = offers are snoozed
gate-resting-closed = a break was too much, and offers rest
gate-postponed-closed = you put the last offer off with "Later"
gate-break-open-closed = a break is open
gate-other-session-closed = another session is on the screen, not yours
gate-locked-closed = the screen is locked
gate-away-closed = nobody is at the desk
gate-moving-closed = this is movement or exercise, or the recovery from it
gate-just-returned-closed = the return to the desk is too recent
gate-after-walk-closed = your heart rose while you were away from the keyboard, as it does on a short walk
gate-unchanging-closed = the monitor has repeated one heart rate for minutes, as it does when it is stuck
gate-in-call-closed = the microphone or the camera is in use
gate-sharing-closed = the screen is being shared
gate-full-screen-closed = a window fills the screen
# Some desktops do it by themselves: Plasma 6.7 while a window fills the screen.
gate-do-not-disturb-closed = notifications are silenced, by you or by your desktop
gate-inhibited-closed = a program keeps the screen awake
gate-daily-limit-closed = the day's offers are used up
gate-cool-down-closed = after the last offer or break there is still quiet
gate-no-pause-closed = kindbeat waits for the moment when your hands pause
gate-settled-closed = the heart has settled

# The desktop should tell, and does not: counted as if it were so.
gate-in-call-unknown = whether the microphone or the camera is in use cannot be told; "kindbeat doctor" says why
gate-sharing-unknown = whether the screen is being shared cannot be told; "kindbeat doctor" says why
gate-full-screen-unknown = whether a window fills the screen cannot be told; "kindbeat doctor" says why
gate-do-not-disturb-unknown = whether notifications are silenced cannot be told; "kindbeat doctor" says why
gate-inhibited-unknown = whether a program keeps the screen awake cannot be told; "kindbeat doctor" says why

## Notices on the desktop: few, and only where something has to be known. $problem is told by the part it is about.

notice-config-title = kindbeat: the settings
notice-config-kept = The settings in the file have a fault, so the last good ones stay in force. { $problem }
notice-config-start =
    kindbeat did not start: its settings have a fault. { $problem }
    Once that is mended: systemctl --user start kindbeat
notice-store-title = kindbeat: the history
notice-store-failing = The history cannot be written for now. It is kept in memory, and writing is tried again. { $problem }
notice-store-aside = The history that was there cannot be used: { $problem }. It is kept as { $path }, and a new one was begun.
notice-store-anew = The history was deleted or replaced while kindbeat was using it. kindbeat goes on with the one that is there now, or with a new one.
notice-store-none = kindbeat runs, but remembers nothing of today. { $problem }
notice-battery-title = kindbeat: the strap
# $name is what the strap calls itself, or strap-unnamed; $level in percent.
notice-battery = The battery of { $name } is at { $level } %. There is no hurry, but a new one will be needed before long.
notice-page-title = kindbeat: the break
notice-page-address = No browser has opened the break yet. If none does, copy this address into one within a minute: { $url }
notice-page-none = The break could not be opened: this machine gives no port for its page. The log has more: journalctl --user -u kindbeat

## What several commands say: how to start kindbeat, and moments

ask-start = start it with "systemctl --user start kindbeat", or in a terminal of its own with "kindbeat daemon"
ask-not-running = kindbeat is not running; { ask-start }
ask-no-session = there is no desktop session here; run this in one, after "systemctl --user start kindbeat" or "kindbeat daemon"
ask-stuck = restart kindbeat with "systemctl --user restart kindbeat"; "kindbeat doctor" may tell more
time-midnight = midnight
# $time is a time of day: "15:04". The day is one of the last or the next six.
time-monday = Mon { $time }
time-tuesday = Tue { $time }
time-wednesday = Wed { $time }
time-thursday = Thu { $time }
time-friday = Fri { $time }
time-saturday = Sat { $time }
time-sunday = Sun { $time }
snooze-until = No breaks are offered until { $until }. To end that sooner: kindbeat resume
# What "kindbeat resume" ended, a sentence for each.
resumed-snooze = The snooze is over.
resumed-rest = The rest after "This is too much" is over.
resumed-postponement = The wait after "Later" is over.
resumed-nothing = There was no snooze to end.
# And what follows from that: one of these. The last is followed by one line for each gate.
resume-done = Breaks may be offered again.
resume-offered = A break is offered now.
resume-held = What still holds offers back:
# What the last offer was answered with: fine, moving, excited.
fine-kept = Good. Nothing more is offered for a while.
fine-moving = It is kept with the offer that you were moving. Nothing more is offered for a while.
fine-excited = Good. It is kept with the offer. Nothing more is offered for a while.
fine-undone = Taken back: the offer counts as not answered.
break-in-browser = A break opens in your browser. If it does not show, this address opens it, once and within a minute:

## kindbeat status: names at the left, and what stands beside them

status-strap = Strap
status-heart = Heart
status-held = Held
status-signal = Signal
status-learned = Learned
status-offers = Offers
status-snoozed = Snoozed
status-resting = Resting
# A break that was put off with "Later".
status-postponed = Later
status-break = Break
status-settings = Settings
status-history = History
# $name is what the strap calls itself; $state is one of those that follow.
status-sensor = { $name }, { $state }
# $level in percent.
status-sensor-battery = { $name }, { $state }; battery { $level } %
status-none-found = none found yet; being looked for
status-searching = being looked for
# In place of the one before, where it was connected before.
status-searching-again = being looked for; if a watch or a phone is connected to it, let go of it there
status-connecting = being connected
status-streaming = connected
status-silent = connected, but it sends nothing; most straps need moist skin contact
# $name is what another monitor calls itself.
status-other = Another heart-rate monitor is in reach: { $name }. If it is yours: kindbeat devices --use "{ $name }"
status-away = out of reach; still looked for now and then. If a watch or a phone is connected to it, let go of it there
status-adapter-off = Bluetooth is switched off
status-no-bluetooth = there is no Bluetooth adapter, or no Bluetooth service
status-blocked = Bluetooth is blocked: airplane mode is on, or a switch of the computer
status-service-ends = the Bluetooth service ended while kindbeat was looking; kindbeat leaves it alone for a while, then tries again
status-in-use = in use by another program on this computer; kindbeat takes it when it is free
status-needs-pairing = in reach, but it seems that it has to be paired first: "kindbeat devices --pair NAME" does that
status-bond-lost = in reach, but it seems to have forgotten that it was paired with this computer: "kindbeat devices --pair NAME" pairs it anew
status-hangs-up = in reach, but it ends the connection each time; some do until they are paired: "kindbeat devices --pair NAME"
status-released = free for other devices while you are not at this desktop
# $rate is status-rate or status-rate-none, $usual one of the three below.
status-rates = { $rate }; { $usual }
# $rate, $usual and $spread in beats a minute.
status-rate = { $rate } beats a minute
status-rate-none = nothing measured just now
status-usual = about { $usual } is usual for you
status-usual-spread = about { $usual } is usual for you, give or take { $spread }
status-usual-learning = what is usual for you is still being learned
# $time is a moment: "15:04", "Tue 09:00" or "midnight".
status-up-since = higher than usual since { $time }
# $reason is one of closed-day-off to closed-settled.
status-held-by = nothing is offered just now: { $reason }
status-signal-good = good
status-signal-poor = poor: too many gaps to tell one beat from the next
status-signal-rate-only = the rate alone, without single beats; that is enough
status-signal-malformed = the rate alone: what else the strap sends is not as the standard has it, so single beats are not read. That is enough
status-signal-off-body = the strap feels no skin
status-signal-judged = being judged, which takes a minute
# $time is a moment: "15:04", "Tue 09:00" or "midnight".
status-signal-frozen = the very same rate since { $time }, as no heart has; perhaps nobody wears the strap. Nothing is learned from it, and nothing offered
status-learned-minutes =
    { $count ->
        [one] from one minute of wear
       *[other] from { $count } minutes of wear
    }
# $hours with one digit behind the point.
status-learned-hours = from { $hours } hours of wear
status-offers-today = { $count } today
# Below it.
status-offer-not-shown = one is open and on no screen; "kindbeat break" begins it
status-snoozed-until = until { $time }
status-resting-until = until { $time }, after a break that was too much; "kindbeat resume" ends it
status-postponed-until = you are asked again at { $time } if your heart is still up
status-break-open = one is open
# $problem is what is wrong and what helps.
status-history-waits = is not written just now: { $problem }
# $problem is told by the file: where, and what.
status-settings-kept = the file has a fault, so the earlier ones apply: { $problem }
status-offline = kindbeat is not running
# Once a week at most, after the answer was "I'm fine" twice in a row.
status-fit = Lately the answer was "I'm fine" more than once. Does kindbeat ask too readily? sensitivity = "gentle" under [detection] has it wait for larger rises; "kindbeat why --all" shows what it went by. If all is well as it is, nothing has to change.
status-gone = kindbeat is not running any more; { ask-start }.

## Why the steps are not read aloud

voice-nowhere = no speech-dispatcher can be found: neither SPEECHD_ADDRESS nor XDG_RUNTIME_DIR names a place on this machine
voice-away = speech-dispatcher is not running
voice-silent = speech-dispatcher does not answer
voice-strange = speech-dispatcher hung up, or what answers is something else
voice-refused = speech-dispatcher does not do what it is asked to

## kindbeat doctor: how things are and what they are called, at the left

doctor-ok = ok
doctor-look = look
doctor-fault = fault
doctor-bluetooth = bluetooth
doctor-strap = strap
doctor-notifications = notifications
doctor-presence = presence
doctor-microphone = microphone
doctor-camera = camera
doctor-sharing = screen shared
doctor-full-screen = full screen
doctor-do-not-disturb = silenced
doctor-inhibited = kept awake
doctor-page = page
doctor-voice = voice
doctor-service = service
doctor-config = config
doctor-practices = practices
doctor-store = store

## kindbeat doctor: what was seen, and what to do about it

bluetooth-fine = an adapter is there and switched on
bluetooth-stopped = the Bluetooth service is not running
bluetooth-start = start it with "systemctl start bluetooth.service" (package bluez)
bluetooth-no-adapter = there is no Bluetooth adapter
bluetooth-plug-in = plug one in, or see whether "rfkill" lists one as blocked
bluetooth-off = Bluetooth is switched off
bluetooth-switch-on = switch it on in the settings of your desktop or with "bluetoothctl power on"
bluetooth-blocked = Bluetooth is blocked: airplane mode is on, or a switch of the computer
bluetooth-unblock = switch airplane mode off in the settings of your desktop, or run "rfkill unblock bluetooth"; some laptops have a key for it
bluetooth-no-bus = the system bus cannot be reached, and Bluetooth only through it
bluetooth-see-bus = see whether D-Bus runs on this machine: "systemctl status dbus.service"
bluetooth-silent = Bluetooth does not answer
bluetooth-see-service = "systemctl status bluetooth.service" may say why
# $name is what the strap calls itself, or strap-unnamed.
strap-unnamed = the strap
strap-connecting = { $name } is being connected
strap-released = { $name } is free for other devices while you are not at this desktop
strap-silent = { $name } is connected, but it sends nothing
strap-no-bluetooth = { $name } cannot be reached without Bluetooth
strap-away = { $name } is out of reach, and looked for
strap-in-use = { $name } is in use by another program on this computer
strap-let-go-there = kindbeat takes it when that program lets it go
strap-needs-pairing = { $name } is in reach, but it seems that it has to be paired first
strap-pair = pair it with "kindbeat devices --pair NAME"; "kindbeat devices" lists its name
strap-bond-lost = { $name } is in reach, but seems to have forgotten that it was paired with this computer
strap-hangs-up = { $name } is in reach, but ends the connection each time
strap-closer = bring it closer, and put it on anew; some do this until they are paired: "kindbeat devices --pair NAME"
strap-service-ends = the Bluetooth service ended while kindbeat was looking for { $name }
strap-see-service = see "journalctl -u bluetooth.service"; a newer version of bluez may mend it. kindbeat leaves the service alone for a while, then tries again
strap-streams = { $name } streams
strap-gaps = { $name } streams, with many gaps
strap-no-skin = { $name } feels no skin
strap-frozen = { $name } sends the very same rate over and over, as no heart does
strap-wear = see that it is worn; some go on with the last rate when they are taken off
# $says is one of the three above, $level in percent.
strap-battery = { $says }; battery { $level } %
strap-not-found = none was found yet
strap-not-known = none is known yet
strap-known = one is known from before; whether it can be reached, the running service tells
strap-find = put one on, then see whether "kindbeat devices" lists it
strap-skin = most straps need moist skin contact; see that it sits close
# $other is what another monitor calls itself.
strap-other = { $name } is not in reach, but another is: { $other }
strap-choose = if that one is yours, choose it with "kindbeat devices --use NAME"; where the settings name a monitor, change "device" in their section [monitor]
strap-near = put it on; where a watch or a phone is connected to it, let go of it there
# $remedy is strap-near or strap-find; $needs is what is known of that monitor, as monitor-garmin.
strap-needs = { $remedy }. { $needs }
strap-new-battery = it needs a new battery soon
see-bluetooth = see the line "{ doctor-bluetooth }"
see-config = see the line "{ doctor-config }"
# $server is a name and a version.
notifications-shown = { $server } shows them
notifications-plain = { $server } shows them, without buttons: offers then say to run "kindbeat break"
notifications-unnamed = a program without a name
notifications-startable = a program that shows them is started with the first one
notifications-missing = no program shows them, so offers cannot be seen
notifications-install = install and start one, such as dunst or mako; "kindbeat break" works without
notifications-silent = the program that shows them does not answer
notifications-restart = restart that program
no-session = the session bus cannot be reached
within-session = run this within your desktop session
# $source is a name, such as X11 or Mutter; $lock are names on the bus.
presence-told = { $source } tells of keyboard and pointer, { $lock } of the lock
presence-no-lock = { $source } tells of keyboard and pointer; nothing here tells of the lock
# $told is one of the two above.
presence-awake = { $told }; a program that keeps the screen awake, as a film does, counts as hands here
presence-late = only logind tells of keyboard and pointer, minutes later: offers do not wait for a pause
presence-none = nothing here tells of keyboard and pointer: offers do not wait for a pause, a rise has to be larger, and exercise is told from the heart alone
# $problem as the source says it.
presence-fails = { $source } is there to tell of keyboard and pointer, and does not: { $problem }
presence-silent = what tells of keyboard and pointer does not answer
presence-meanwhile = it is asked again now and then; meanwhile offers do not wait for a pause, a rise has to be larger, and exercise is told from the heart alone
# $source are names, such as PipeWire.
probe-yes = speaks against an offer just now (told by { $source })
probe-no = does not speak against an offer (told by { $source })
probe-lacking = nothing here tells ({ $problem })
probe-silent = what is there to tell does not ({ $problem })
probe-meanwhile = offers are held back, as if it were so; "{ $setting } = false" under [offer] has them made all the same
# What kindbeat asks on a desktop, where it has no name of its own.
source-cameras = cameras
source-display = display
source-notifications = notification server
source-gnome-session = GNOME session manager
source-plasma = Plasma power management
# Why one of them does not answer: said behind its name and a colon, as in "PipeWire: not running". $problem is what the system or
# another program says of it, $program is the name of a program.
source-not-running = not running
source-ended = it ended
source-late = no answer in time
source-error = it answers with an error: { $problem }
source-unknown-question = it does not know this question
source-no-bus = there is no message bus
source-bus-unreachable = the message bus cannot be reached: { $problem }
source-bus-lost = the message bus is lost
source-not-installed = { $program } is not installed
source-not-started = { $program } cannot be started: { $problem }
# $name is a program or a file.
source-unread = { $name } cannot be read: { $problem }
source-program-fault = { $program } ended with a fault: { $problem }
source-program-ended = { $program } ended
source-program-strange = { $program } answers in a way that cannot be read
source-pipewire-instead = PipeWire takes its place
source-no-sound-card = there is no sound card
source-no-camera = there is no camera that you can use
source-no-notifications = no program shows notifications
# $server is a name, such as dunst.
source-no-silence = { $server } does not tell whether it is silenced
# The same of one that gives itself away once an offer is made.
source-no-paused = { $server } cannot be asked whether it is paused; an offer that it then does not show is noticed, and does not count
source-no-display = there is no display
source-no-idle-time = this display does not tell how long keyboard and pointer rest
# Plasma 6.7 does.
source-no-full-screen = this display does not tell whether a window fills the screen; a desktop that silences notifications meanwhile tells that
source-compositor-unreachable = the Wayland compositor cannot be reached: { $problem }
# DISPLAY is a variable of the environment.
source-bad-display = DISPLAY cannot be read: { $problem }
source-other-machine = the display is on another machine
source-x-unreachable = the X server cannot be reached: { $problem }
# $code is a number.
source-x-refused = the X server refused a request (error { $code })
source-x-strange = the X server answers in a way that cannot be read
# $problem as the system says it.
page-not-served = no page can be served on 127.0.0.1 ({ $problem })
page-see-limits = see what a sandbox or the limits of this machine forbid
# $wanted and $program are names of programs.
page-other-browser = page.open_with names { $wanted }, which is not there; opens with { $program }
page-install-wanted = install it, or name another program in the configuration
page-opens = opens with { $program }
page-opens-private = opens with { $program }, in a private window of the size that { $program } chooses
page-opens-kept = opens with { $program }; the browser that it chooses keeps breaks in its history
page-keeps-breaks = opens with { $program }, as page.open_with says, which keeps breaks in its history
# $option is what to add: "--private-window".
page-add-option = add "{ $option }" to page.open_with, and it opens a private window
page-no-browser = no program is there to open it with
page-install-browser = install a browser such as chromium, or name one as page.open_with in the configuration
voice-off = off
voice-unsettled = not known, since the configuration cannot be used
# $module is what speaks for it: "espeak-ng".
voice-module = speech-dispatcher answers, and reads with { $module }
voice-answers = speech-dispatcher answers
# $problem is one of voice-nowhere to voice-refused.
voice-page = { $problem }; the page reads in its place, where the browser has a voice
voice-none = { $problem }, and there is no page that could read in its place
voice-install = install it (package speech-dispatcher); "spd-say hello" then starts it and lets you hear it
voice-restart = end it; "spd-say hello" then starts it anew and lets you hear it
voice-place = run this within your desktop session; SPEECHD_ADDRESS, where it is set, has to name a unix_socket
service-runs-only = running, but it does not start with your session
service-enable = "systemctl --user enable kindbeat"
service-fine = running, and it starts with your session
# $target is a unit of systemd: "graphical-session.target".
service-not-with-desktop = running, but it does not start when you log in: your desktop does not start { $target }, and there is no autostart entry
service-autostart = the README has a line for the configuration of your compositor or window manager, and for a desktop an autostart entry
service-entry = copy config/desktop/org.kindbeat.Kindbeat.autostart.desktop to ~/.config/autostart/org.kindbeat.Kindbeat.desktop
service-fine-by-entry = running, and your desktop starts it when you log in, by its autostart entry
service-login-unseen = running; whether your desktop starts it when you log in cannot be seen
service-runs-unmanaged = running; systemd does not say whether it starts when you log in
service-autostart-by-hand = without systemd, have your desktop run "kindbeat daemon" when it starts
service-sees-untold = running, but it does not tell what it sees of your desk; what is said of it above is seen from here
service-no-session = the session bus cannot be reached, so it cannot be found
service-silent = running, but it does not answer
service-restart = "systemctl --user restart kindbeat"
service-bad-config = it ended, since the configuration has a fault
service-mend-config = "kindbeat config check" shows where; then { service-restart }
# $problem is a word of systemd: "oom-kill".
service-ended = it ended with a fault ({ $problem })
service-see-log = "journalctl --user --unit kindbeat" says which; then { service-restart }
service-stopped = not running
service-enable-now = "systemctl --user enable --now kindbeat"
service-absent = not running, and not installed
service-install = copy systemd/kindbeat.service to ~/.config/systemd/user, then { service-enable-now }
service-by-hand = start it with "kindbeat daemon", best along with your desktop
config-see-check = "kindbeat config check" shows the place
config-unread = the file cannot be read: the disk does not answer
# $path is a file, here and below.
config-many = { $path }: up to { $most } offers a day
config-fewer = fewer are kinder: think about offer.at_most_per_day = { $most } or less
config-behind = { $path }: fine, but the running service still sees a fault: { $problem }
config-reload = "systemctl --user reload kindbeat"
config-fine = { $path }: fine
config-absent = { $path }: not there; the defaults apply
see-disk = see whether the disk is there and healthy
practices-unread = files of your own cannot be read: the disk does not answer
practices-fine =
    { $count ->
        [0] those of kindbeat, and none of your own
        [one] those of kindbeat, and one of your own
       *[other] those of kindbeat, and { $count } of your own
    }
# $problem is told by the first of them: where, and what.
practices-faulty =
    { $count ->
        [one] one file of your own cannot be used: { $problem }
       *[other] { $count } files of your own cannot be used: { $problem }
    }
practices-see-list = "kindbeat practices list" names each with its fault
# $size is size-kilo or size-mega.
store-fine = { $path }: { $size }
store-empty = { $path }: nothing is stored yet
store-aside =
    { $count ->
        [one] a history that could not be used is kept aside: { $path }
       *[other] { $count } histories that could not be used are kept aside, the oldest as { $path }
    }
store-aside-delete = delete what you do not need; kindbeat does so once it is older than history.keep
# $problem is what is wrong and what helps.
store-waits = kindbeat cannot write the history just now: { $problem }
store-mend-first = mend that before kindbeat ends: what happens meanwhile waits in its memory
size-kilo = { $count } kB
size-mega = { $count } MB
store-unread = what is stored cannot be read: the disk does not answer
store-nowhere = neither XDG_STATE_HOME nor HOME says where the history belongs
store-set-home = set HOME to your home, as an absolute path
store-unwritable = { $path }: cannot be written
store-own = make sure that it belongs to you, or move it with XDG_STATE_HOME
store-read-only = { $path }: is read-only
store-make-writable = make it and its folder writable, or move it with XDG_STATE_HOME
store-full = { $path }: the disk is full
store-free = free some space, and writing goes on
store-busy = { $path }: is in use by another program
store-close = close that, and writing goes on
store-corrupt = { $path }: is damaged
store-begun-anew = it is kept aside and a new one begun at the next start of kindbeat daemon
# $found and $known are numbers.
store-version = { $path }: has version { $found }, this kindbeat reads version { $known }
store-same-kindbeat = use the same kindbeat as the service, or restart that
# $problem as the database says it.
store-unusable = { $path }: cannot be used ({ $problem })
store-move = move it away by hand
# In place of $problem: what is wrong with the file.
store-newer = written by a newer kindbeat, version { $found }
store-cut-off = its last page is cut off
store-folder = it is a folder
store-no-file = it is a pipe or a device
# $says is one of store-nowhere to store-unusable, $remedy what to do.
store-problem = { $says }; { $remedy }
# $problem is store-problem, $detail what the system says of it.
store-problem-detail = { $problem }: { $detail }

## A configuration that cannot be used: what is wrong, and what would be right. Words in ` ` and [ ] stand so in the file.

# What another program or a library says, in its own words.
detail = { $detail }
# $place is a file, or a file and a line: "config.toml:2:1".
config-faulty = { $place }: the configuration has a fault; "kindbeat config check" shows it
# $path is a file, here and below.
config-missing = there is no file { $path }
config-no-file = { $path } is a pipe or a device, not a configuration file
config-folder = { $path } is a folder, not a configuration file
config-unreadable = cannot read { $path }: { $problem }
config-too-large = { $path } is larger than 1 MiB; is this really the configuration?
config-not-text = { $path }:{ $line }: not text in UTF-8; is this really the configuration?
config-no-home = neither XDG_CONFIG_HOME nor HOME is set to an absolute path: where is the configuration?
# Below the faults that are shown.
config-more = and { $count } more
# $first is the first fault.
config-first = { $first } (and { $count } more)

setting-bad = bad configuration
setting-bad-value = bad value for `{ $key }` in [{ $section }]
setting-homeless = `{ $key }` stands outside any section
setting-is-section = `{ $section }` is a section, not a key
setting-unknown-section = unknown section [{ $section }]
setting-unknown-key = unknown key `{ $key }` in [{ $section }]
setting-unreadable = this cannot be read
setting-no-value = no value
setting-belongs = it belongs in [{ $section }]
setting-write-section = write [{ $section }] on a line of its own and its keys below it
setting-meant-section = did you mean [{ $section }]?
# $sections is a list: "[offer], [page]".
setting-sections = the sections are { $sections }
setting-meant-key = did you mean `{ $key }`?
# $keys is a list.
setting-known-here = known here: { $keys }
setting-write-set = write it as KEY=VALUE, such as detection.rise_bpm=12
setting-missing-value = a value is missing
setting-needs-quotes = words and durations stand in quotes: "{ $value }"
# $expected is one of setting-boolean to setting-one-of.
setting-must-be = must be { $expected }
setting-must-be-meant = must be { $expected }; did you mean "{ $near }"?
setting-between = must be between { $least } and { $most }
setting-between-durations = must be between "{ $least }" and "{ $most }"
setting-equal-hours = must start and end at different times; for whole days leave them out of `days`
setting-not-empty = must not be empty
setting-boolean = true or false
setting-text = text in quotes
setting-list = a list in brackets, such as ["...", "..."]
setting-number = a number between { $least } and { $most }
setting-whole-number = a whole number between { $least } and { $most }
setting-duration = a duration between "{ $least }" and "{ $most }", such as "90s" or "5m"
setting-keep = between "1d" and "100y", written in days, weeks, months or years, like "30d", "6w", "3mo" or "2y"
setting-quiet-hours = two times of day, written like "22:00-07:00"
setting-nothing = nothing
# $first are words of the file in quotes, $last is one more.
setting-one-of = { $first } or "{ $last }"

## A practice that cannot be used: what is wrong, and what to do. Said one behind the other, with the place in front.

# Both names in quotes.
practice-unknown = no practice is called { $asked }; the nearest is { $nearest }, and "kindbeat practices" lists them all
practice-too-large = the file is too large
practice-most = a practice has at most 1 MiB of text
practice-too-many-marks = too many words and marks
practice-few-words = five minutes hold some hundred words
practice-no-step = there is no step
practice-begin-step = begin each step with a line [[step]]
practice-too-many-steps = too many steps
practice-most-steps = a practice has at most { $most }
# $length and $total as they stand in the file: "1m", "90s".
practice-total = the steps of { $length } last { $total } together
practice-make-it-between = make it between { $least } and { $most }
practice-breath = this breath is not for practices
practice-breaths = write "slow" or "long out"
practice-too-many-choices = too many choices
practice-most-choices = a step has at most { $most }
practice-no-length = the step is in no length
practice-say-length = say how long it lasts: {"{"} 1m = "20s" {"}"}
practice-no-name = not a name a practice can have
practice-names = small letters a to z, digits and single hyphens, at most { $most }: "kind-hand"
practice-message = messages are for built-in practices
practice-own-words = write the words themselves in quotes
practice-built-in = built-in words have to be translatable
practice-write-message = write {"{"} message = "..." {"}"}
practice-no-words = there are no words
practice-write-words = write them in quotes, or take the line out
practice-too-many-words = too many words
practice-most-words = 2000 characters at most; several steps are easier to follow
practice-control = a control character
practice-no-control = take it out; only line breaks may stand in a text
practice-words = words in quotes
practice-change = change it
practice-quotes = texts stand in quotes, durations too: "20s"
practice-missing = missing field "{ $key }"
practice-add = add it
practice-duplicate = duplicate key
practice-take-out = take one of them out
# $known is a list of words in quotes.
practice-unknown-key = unknown field "{ $key }", expected one of { $known }
# The same where there is only one.
practice-unknown-key-beside-one = unknown field "{ $key }", expected { $known }
practice-unknown-word = unknown variant "{ $word }", expected one of { $known }
practice-take-one = take one of these
practice-meant = "{ $name }" may be meant
practice-unreadable = this cannot be read ({ $problem })
# $first is a file.
practice-twice = { $first } has "{ $id }" already; give one of them another name
practice-inward = this practice is where "this is too much" leads, away from within; write inward = false, or give it another id
practice-not-text = not a text in UTF-8
practice-save-text = save it as UTF-8
practice-no-file = not a file
practice-is-text = a practice is a file of text
# $problem as the system says it.
practice-unread = cannot be read: { $problem }
practice-see-file = see that it is there and that you can read it
practice-see-folder = make it a folder that you can read
practice-left-out = the practices from here on are left out, { $most } are read
practice-move-away = move some of them away

## A recording that cannot be read: the place, then what is wrong. t_s, hr_bpm, rr_ms are names of columns.

recording-line = line { $line }
recording-column = line { $line }, column { $column } ({ $name })
recording-not-opened = cannot be opened
recording-not-read-on = cannot be read on
recording-cut-short = the gzip data ends early; was the file copied whole?
recording-damaged = the gzip data is damaged or something else follows it ({ $problem })
recording-empty = the file is empty; a recording begins with the header t_s,hr_bpm,rr_ms
recording-no-row = no row follows the header
recording-in-seconds = most values of rr_ms are below 10, so they look like seconds; rr_ms is in milliseconds, such as 850
recording-short-row = the row ends after column { $column }, the header has { $count }
recording-longer-row = the row goes on after column { $column }, the last of the header; decimals take a point, a text with a comma takes quotes
recording-long-row = a row longer than { $most } KiB; is a quote left open?
recording-many-columns = the header has more than { $most } columns
recording-open-quote = a quote is opened in this row and never closed
recording-binary = binary data; a recording is CSV text, plain or gzip
recording-no-column = no column { $name }; a recording begins with the header t_s,hr_bpm,rr_ms
recording-twice = the header names this column twice
recording-no-time = is empty; every row needs its time, in seconds
# $value is what stands there, in quotes.
recording-between = { $value } must be between 0 and { $most }
recording-not-later = { $value } must be later than { $before }, the time of the row before
recording-above = { $value } must be above 0 and at most { $most }
recording-yes-or-no = { $value } must be 0, 1 or empty
recording-no-number = { $value } is not a number

## Commands and their errors. Behind some of them stands what the system says, in its own words.

cannot-begin = this machine lets no program wait for anything
# Faults of kindbeat itself. $part is a name in the program, $place a line of it.
part-ended = { $part } ended by itself; please report this
part-panicked = { $part } panicked; please report this
panic-at = a panic at { $place }; please report this
panic-somewhere = a panic; please report this
already-running = kindbeat is running already; "kindbeat status" tells how it is
desktop-elsewhere = another desktop session of yours has started, and kindbeat restarts to serve that one
ask-silent = kindbeat does not answer
ask-impossible = kindbeat cannot be asked
ask-other-version = kindbeat, as it runs, tells what this version cannot read; restart it with "systemctl --user restart kindbeat"

# Whole sentences: said on the bus, too.
refused-practice = No practice is called "{ $asked }"; the nearest is "{ $nearest }", and "kindbeat practices" lists them all.
refused-length = A break does not last { $given } s; it lasts 20, 60, 180 or 300 seconds, and 0 means the length that is set.
refused-time = Offers cannot be snoozed until { $given }; give a time that lies ahead, by a year at most.
refused-answer = "{ $given }" is no answer; answer with start, later, fine, moving, excited or undo.
refused-monitor = "{ $given }" is no address of a heart-rate monitor; give one as A0:9E:1A:00:00:00, which "kindbeat devices" lists.
# $wanted is what the owner wrote.
refused-other-monitor = The configuration names the monitor "{ $wanted }"; change or remove "device" in its section [monitor] first.
refused-no-break = There is no break open just now; "kindbeat break" starts one.
refused-no-offer = There is no offer to answer just now; "kindbeat break" starts a break at any time.
# $problem as the system says it.
refused-no-page = The page of the break cannot be opened ({ $problem }); "kindbeat break --here" takes the break in the terminal.
refused-busy = kindbeat did not answer within 5 seconds; try again in a moment, and if that goes on, restart it with "systemctl --user restart kindbeat".
refused-ending = kindbeat is ending just now; try again in a moment, or start it with "systemctl --user start kindbeat".

store-no-thread = the history cannot be written
# $given is what was typed, here and below.
snooze-no-time = "{ $given }" is no time to snooze until; give how long (30m, 2h), a time of day (14:00), or today
snooze-too-far = "{ $given }" is not within a year from now; give how long (30m, 2h), a time of day (14:00), or today
history-no-day = "{ $given }" is no day; give one as 2026-11-23, or today, or yesterday
here-defaults = { $problem }; the defaults apply to this break
here-no-keyboard = the keyboard cannot be read
# In a list: what became of an elevation.
replay-offer = offer
replay-held = held
replay-no-room = the output cannot be kept in a temporary file
# Behind a key of the configuration that is not set: what applies.
unset-by-sensitivity = { $value }, by sensitivity
unset-by-focus = not set, by focus
unset-by-desktop = not set, that of the desktop
unset = not set
devices-none =
    No heart-rate monitor in reach. Put the strap on: most are silent without skin contact.
    A watch has to broadcast its heart rate; a monitor that another device holds does not show.
# $names are what they call themselves.
devices-silent = In reach, and not sending a heart rate yet: { $names }
# What some monitors need first. The words in quotes stand on the watch or in its app.
monitor-garmin = Garmin watch: switch on "Broadcast Heart Rate" in its settings, under "Wrist Heart Rate". Not every model sends it over Bluetooth.
monitor-amazfit = Amazfit watch or Mi Band: switch on "Discoverable" and "Activity heart rate sharing" in the Zepp app, then start a workout on it.
monitor-fitbit = Fitbit Charge 6: swipe down on it and tap "HR on equipment", then "Share" when it asks. It ends with the exercise.
monitor-whoop = WHOOP: switch on heart rate broadcast in its app. Some do not say that they are monitors: "kindbeat devices --all" lists them.
monitor-apple-watch = Apple Watch: it cannot send to a computer itself, but an app on the iPhone can pass its heart rate on (HeartCast is one).
monitor-wear-os = Wear OS watch: an app on it can send its heart rate as a strap does (HeartRate_Strap_Emulator is one).
monitor-polar-h10 = Polar H10: it serves one device at a time, until you allow two Bluetooth connections in Polar Flow, in the settings of the sensor.
# $name is a name or an address, here and below.
devices-not-in-reach = "{ $name }" is not in reach; put it on, see that no phone or watch is connected to it, and look what "kindbeat devices --all" lists
devices-chosen = { $name } is yours from now on; kindbeat looks for it, and for no other.
pair-ask = Pair this computer with { $name } ({ $address })? [y/N]
pair-anew-ask = This computer is paired with { $name } ({ $address }) already. Give up that pairing, and pair anew? [y/N]
# $number has six digits.
pair-shows = Does it show { $number }? [y/N]
pair-number = Which number does it show?
pair-enter = Enter this number there: { $number }
# Every answer that means yes, in small letters.
pair-yes = y yes
pair-done = { $name } is paired. kindbeat connects to it by itself, within half a minute where it is running.
pair-declined = Nothing was changed.
pair-undone = pairing did not work
pair-try = bring it close, and see whether its manual tells of a pairing mode; where it is paired with a phone, it may have to be forgotten there first
# Heads of a table.
devices-name = Name
devices-address = Address
devices-signal = Signal
devices-battery = Battery
# In place of the signal.
devices-in-use = in use
practices-before = Before it begins:
# What a step of a practice is for.
element-mindfulness = mindfulness
element-common-humanity = common humanity
element-self-kindness = self-kindness
element-grounding = grounding

## kindbeat demo

demo-begins = A simulated strap sends its measurements (0x2A37), one a second, while somebody sits at a desk.
# $rate and $spread in beats a minute.
demo-learned = Learned what is usual: { $rate } bpm, spread { $spread }.
demo-rises = The heart leaves what is usual. Nothing is asked yet: it has to last.
# $reason is reason-risen.
demo-elevated = Elevated: { $reason }
# $reason is one of closed-day-off to closed-settled.
demo-held = Held back: { $reason }
demo-offer = Offer: { offer-title }
demo-answer = Answer: { start }
# $title is what the practice is called, $length as it is set: "3m".
demo-break = Break: { $title }, { $length }
demo-finished = Break finished.
demo-back = The heart is back near what is usual.
demo-done = Done: { $packets } packets decoded in { $minutes } simulated minutes, { $artefacts } artefacts among their beats.
# $stage is a word of the program.
demo-stopped = the simulated morning ended at the stage { $stage }; this was not to happen, please report it
demo-desk = A simulated strap sends a heart at a desk, minutes in a second. Nothing is written, and no strap is needed.
demo-learns = It learns what is usual ...
demo-offered = It has lasted. A break is offered on the desktop; this is its text:
# $why is a sentence of "kindbeat why".
demo-figures = Its figures: { $why }
demo-keys = Click there, or answer here: Enter starts, l is later, f is "{ fine }", q ends.
demo-shown-here = (No notification server shows it here; the terminal does.)
demo-no-server = there is no notification server here, and nothing can be typed; "kindbeat demo --headless" answers itself
demo-window = The break opens in a window of its own.
demo-no-browser = No browser opened the break, so it goes on here.
demo-over = The break is over. This ends when its window is closed, or with Enter.
demo-later = It would be asked again in 20 minutes, if the heart were still up.
demo-fine = Good. Nothing more would be asked for a while.
demo-end = That was the demonstration. With a strap of your own it is "kindbeat daemon", and the README tells how to have it start by itself.
