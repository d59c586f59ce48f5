//! What an alarm makes of its data points.
//!
//! CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data".

use super::alarm_state::AlarmState;

/// What missing data points count as: the `TreatMissingData` of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MissingData {
    Breaching,
    Ignore,
    Missing,
    NotBreaching,
}

impl MissingData {
    /// The value of that name.
    pub(super) fn named(name: &str) -> Option<MissingData> {
        Some(match name {
            "breaching" => MissingData::Breaching,
            "ignore" => MissingData::Ignore,
            "missing" => MissingData::Missing,
            "notBreaching" => MissingData::NotBreaching,
            _ => return None,
        })
    }
}

/// How many more data points than `EvaluationPeriods` an alarm looks at, in case some of the latest are missing. The
/// user guide's examples look at 5 for 3.
pub(super) const LOOKS_FURTHER: usize = 2;

/// An M out of N alarm.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evaluation {
    /// How many points must breach the threshold: `DatapointsToAlarm`.
    pub(super) needed: usize,
    /// How many points are evaluated: `EvaluationPeriods`.
    pub(super) periods: usize,
    pub(super) missing: MissingData,
}

impl Evaluation {
    /// The state that follows from the points of the evaluation range, the newest first, each of which breaches the
    /// threshold, does not, or is missing; `None`: the alarm keeps its state.
    pub(super) fn state(self, points: &[Option<bool>]) -> Option<AlarmState> {
        let known = points.iter().enumerate();
        let known = known.filter_map(|(age, point)| Some((age, (*point)?)));
        let evaluated: Vec<(usize, bool)> = known.take(self.periods).collect();
        let breaching = evaluated.iter().filter(|(_, breaches)| *breaches).count();
        let filled = self.periods - evaluated.len();
        let alarm = |breaching: usize| {
            Some(if breaching >= self.needed {
                AlarmState::Alarm
            } else {
                AlarmState::Ok
            })
        };
        if filled == 0 {
            return alarm(breaching);
        }
        match self.missing {
            MissingData::Breaching => alarm(breaching + filled),
            MissingData::NotBreaching => alarm(breaching),
            // A point within the threshold decides, and so do enough points that breach it.
            _ if breaching >= self.needed || breaching < evaluated.len() => alarm(breaching),
            MissingData::Ignore => None,
            MissingData::Missing => {
                // All the points that there are breach. The state is not left to the missing ones once the oldest of
                // these is as old as the number of points that are needed.
                let oldest = evaluated.last().map(|(age, _)| age + 1);
                Some(match oldest {
                    Some(age) if age >= self.needed => AlarmState::Alarm,
                    _ => AlarmState::InsufficientData,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: Option<AlarmState> = Some(AlarmState::Ok);
    const ALARM: Option<AlarmState> = Some(AlarmState::Alarm);
    const UNKNOWN: Option<AlarmState> = Some(AlarmState::InsufficientData);
    const KEPT: Option<AlarmState> = None;

    /// Data points as the user guide writes them, the oldest first, and the states for missing, ignore, breaching and
    /// notBreaching.
    type Row = (&'static str, [Option<AlarmState>; 4]);

    fn table(needed: usize, periods: usize, rows: &[Row]) {
        let treatments = [
            MissingData::Missing,
            MissingData::Ignore,
            MissingData::Breaching,
            MissingData::NotBreaching,
        ];
        for (points, states) in rows {
            let points_newest_first: Vec<Option<bool>> = points
                .chars()
                .rev()
                .filter(|c| *c != ' ')
                .map(|c| (c != '-').then_some(c == 'X'))
                .collect();
            for (missing, state) in treatments.into_iter().zip(states) {
                let evaluation = Evaluation {
                    needed,
                    periods,
                    missing,
                };
                let found = evaluation.state(&points_newest_first);
                assert_eq!(
                    found, *state,
                    "{needed} of {periods}: {points}, {missing:?}"
                );
            }
        }
    }

    /// CloudWatch User Guide, "How alarm state is evaluated when data is missing": the first table.
    #[test]
    fn three_of_three_as_the_user_guide_has_it() {
        table(
            3,
            3,
            &[
                ("0 - X - X", [OK, OK, OK, OK]),
                ("0 - - - -", [OK, OK, OK, OK]),
                ("- - - - -", [UNKNOWN, KEPT, ALARM, OK]),
                ("0 X X - X", [ALARM, ALARM, ALARM, ALARM]),
                ("- - X - -", [ALARM, KEPT, ALARM, OK]),
            ],
        );
    }

    /// CloudWatch User Guide, "How alarm state is evaluated when data is missing": the second table.
    #[test]
    fn two_of_three_as_the_user_guide_has_it() {
        table(
            2,
            3,
            &[
                ("0 - X - X", [ALARM, ALARM, ALARM, ALARM]),
                ("0 0 X 0 X", [ALARM, ALARM, ALARM, ALARM]),
                ("0 - X - -", [OK, OK, ALARM, OK]),
                ("- - - - 0", [OK, OK, ALARM, OK]),
                ("- - - X -", [ALARM, KEPT, ALARM, OK]),
            ],
        );
    }

    /// CloudWatch User Guide, "Avoiding premature transitions to alarm state". Until 2020 the first table also had the
    /// row with the newest point only, as insufficient data.
    #[test]
    fn an_alarm_does_not_fire_early() {
        table(
            3,
            3,
            &[
                ("- - - - X", [UNKNOWN, KEPT, ALARM, OK]),
                ("- - - X -", [UNKNOWN, KEPT, ALARM, OK]),
                ("- - - X 0", [OK, OK, OK, OK]),
                ("- - X - 0", [OK, OK, OK, OK]),
            ],
        );
        table(
            1,
            1,
            &[
                ("- X -", [ALARM, ALARM, ALARM, ALARM]),
                ("- - -", [UNKNOWN, KEPT, ALARM, OK]),
            ],
        );
    }
}
