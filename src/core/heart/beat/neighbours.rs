//! The last accepted intervals, and their median without sorting them anew for each beat.

use super::NEIGHBOURS;

/// In the order they came, and in order of size; in ms.
#[derive(Clone, Debug, Default)]
pub(super) struct Neighbours {
    /// A ring: the oldest is overwritten first.
    latest: [f64; NEIGHBOURS],
    /// Where in `latest` the next one goes.
    next: usize,
    /// The first `count` of them.
    sorted: [f64; NEIGHBOURS],
    count: usize,
}

impl Neighbours {
    /// The mean of the two middle intervals where there are two; `None` while there are none.
    pub(super) fn median(&self) -> Option<f64> {
        let middle = self.count / 2;
        match self.count {
            0 => None,
            count if count % 2 == 1 => Some(self.sorted[middle]),
            _ => Some(f64::midpoint(self.sorted[middle - 1], self.sorted[middle])),
        }
    }

    /// Takes in the next interval, which isn't NaN; the oldest of nine makes room.
    pub(super) fn push(&mut self, ms: f64) {
        let mut place = self.count;
        if self.count == NEIGHBOURS {
            let oldest = self.latest[self.next];
            place = self.sorted.iter().take_while(|&&other| other < oldest).count();
        } else {
            self.count += 1;
        }
        // The free place moves to where the new interval belongs.
        while place > 0 && self.sorted[place - 1] > ms {
            self.sorted[place] = self.sorted[place - 1];
            place -= 1;
        }
        while place + 1 < self.count && self.sorted[place + 1] < ms {
            self.sorted[place] = self.sorted[place + 1];
            place += 1;
        }
        self.sorted[place] = ms;
        self.latest[self.next] = ms;
        self.next = (self.next + 1) % NEIGHBOURS;
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::heart::median;

    proptest! {
        #[test]
        fn the_median_is_that_of_the_last_nine(
            series in prop::collection::vec(prop_oneof![
                (300u32..310).prop_map(f64::from),
                300.0..2000.0f64,
            ], 0..60),
        ) {
            let mut neighbours = Neighbours::default();
            prop_assert_eq!(neighbours.median(), None);
            for (index, &ms) in series.iter().enumerate() {
                neighbours.push(ms);
                let first = (index + 1).saturating_sub(NEIGHBOURS);
                prop_assert_eq!(neighbours.median(), median(&mut series[first..=index].to_vec()));
            }
            neighbours.clear();
            prop_assert_eq!(neighbours.median(), None);
        }
    }
}
