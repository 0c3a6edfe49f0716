-- How tense it was before the break, and whether more like it is wanted.
ALTER TABLE answers ADD COLUMN tension_before INTEGER CHECK (tension_before BETWEEN 0 AND 10);
ALTER TABLE answers ADD COLUMN liking TEXT CHECK (liking IN ('more', 'less'));
