//! What an owner of an earlier kindbeat has on disk is read as it was. Earlier databases: `tests/parts/store`.

use jiff::SignedDuration;
use kindbeat_core::config::Config;

const EARLIER: &str = include_str!("earlier.toml");

#[test]
fn a_configuration_of_before_is_read() {
    let config = Config::parse("earlier.toml", EARLIER).unwrap();
    assert_eq!(config.monitor.device, "A0:9E:1A:12:34:56");
    assert_eq!(config.monitor.wanted(), Some("A0:9E:1A:12:34:56"));
    assert!(config.monitor.release_when_away);
    assert_eq!(config.monitor.silence.value(), SignedDuration::from_secs(15));
    // Every key counts: without any one of them the configuration is another.
    let keys = EARLIER.lines().filter(|line| line.contains(" = "));
    let mut count = 0;
    for key in keys {
        let without: Vec<_> = EARLIER.lines().filter(|line| *line != key).collect();
        let without = without.join("\n");
        let other = Config::parse("earlier.toml", &without).unwrap();
        assert_ne!(other, config, "{key}");
        count += 1;
    }
    assert_eq!(count, 33);
}
