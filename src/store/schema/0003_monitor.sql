-- The monitor is stored as its kind, a colon and its address; until here it was a Bluetooth address alone.
UPDATE state SET value = 'bluetooth:' || value WHERE key = 'monitor';
