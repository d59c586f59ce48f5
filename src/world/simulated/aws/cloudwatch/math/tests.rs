//! The examples of the user guide, and what follows from its tables.

use super::*;

fn minute(n: i64) -> Timestamp {
    Timestamp::from_second(n * 60).expect("a time")
}

/// A metric of a point a minute, some of which are missing.
fn metric(points: &[Option<f64>]) -> TimeSeries {
    let points = points.iter().enumerate();
    TimeSeries {
        label: "m".to_owned(),
        period: MINUTE,
        of_metric: true,
        points: points
            .filter_map(|(n, value)| Some((minute(n as i64), (*value)?)))
            .collect(),
    }
}

fn calculated(expression: &str, metrics: &[(String, TimeSeries)]) -> Result<MathValue, Fault> {
    let none = BTreeMap::new();
    let scope = MathScope {
        metrics,
        computed: &none,
        from: minute(0),
        to: minute(5),
        search: &|_, _, _| Ok(Vec::new()),
    };
    MathExpression::parse("e", expression)?.compute(&scope)
}

/// The values of a series at the five minutes, `-` where it has none.
fn shown(series: &TimeSeries) -> String {
    let each = (0..5).map(|n| match series.points.get(&minute(n)) {
        Some(value) => format!("{}", (value * 1e6).round() / 1e6 + 0.0),
        None => "-".to_owned(),
    });
    each.collect::<Vec<_>>().join(" ")
}

fn metrics() -> Vec<(String, TimeSeries)> {
    let some = |values: [f64; 5]| metric(&values.map(Some));
    [
        ("m1", some([0.0, 1.0, 2.0, 3.0, 4.0])),
        ("m2", metric(&[Some(10.0), None, Some(30.0), None, None])),
        ("errors4xx", some([2.0, 2.0, 2.0, 2.0, 2.0])),
        ("errors5xx", some([5.0, 5.0, 5.0, 5.0, 5.0])),
        ("none", metric(&[])),
        // The metrics of the guide's examples of operators and of IF.
        ("a", metric(&[Some(30.0), Some(20.0), Some(0.0), Some(0.0)])),
        ("b", metric(&[Some(20.0), None, Some(20.0), None])),
        (
            "c1",
            metric(&[Some(1.0), Some(1.0), Some(0.0), Some(0.0), None]),
        ),
        (
            "c2",
            metric(&[Some(30.0), None, Some(0.0), Some(0.0), Some(30.0)]),
        ),
        (
            "c3",
            metric(&[Some(0.0), Some(0.0), Some(20.0), None, Some(20.0)]),
        ),
    ]
    .map(|(id, series)| (id.to_owned(), series))
    .to_vec()
}

fn table(rows: &[(&str, &str)]) {
    let metrics = metrics();
    for (expression, expected) in rows {
        let found = match calculated(expression, &metrics).expect(expression) {
            MathValue::Series(series) => shown(&series),
            MathValue::Array(all) => all.iter().map(shown).collect::<Vec<_>>().join(" | "),
            MathValue::Scalar(scalar) => panic!("{expression} is the scalar {scalar}"),
        };
        assert_eq!(found, *expected, "{expression}");
    }
}

/// CloudWatch User Guide, "Using metric math", "Comparison and logical operators": the table of examples.
#[test]
fn operators_are_those_of_the_examples() {
    table(&[
        ("(a < b)", "0 0 1 0 -"),
        ("(a >= 30)", "1 0 0 0 -"),
        ("(a > 15 AND b > 15)", "1 0 0 0 -"),
        ("a > 15 || b > 15", "1 1 1 0 -"),
    ]);
}

/// CloudWatch User Guide, "Using metric math", "Using IF expressions": the tables of examples.
#[test]
fn if_is_that_of_the_examples() {
    table(&[
        ("IF(c1, c2, c3)", "30 0 20 - -"),
        ("IF(c1, 5, c3)", "5 5 20 - -"),
        ("IF(c1, c2, 5)", "30 0 5 5 -"),
        ("IF(c1, c2)", "30 0 - - -"),
        ("IF(1, c2, c3)", "30 - 0 0 30"),
        ("IF(0, c2, c3)", "0 0 20 - 20"),
        ("IF(0, c2)", "- - - - -"),
        ("IF(m1 > 2 && m1 < 4, 1, 0)", "0 0 0 1 0"),
        ("IF(m1 < 2, m1)", "0 1 - - -"),
    ]);
}

/// CloudWatch User Guide, "Using metric math", "Basic arithmetic functions": missing values are 0, and a division by
/// zero drops its point.
#[test]
fn arithmetic_counts_missing_values_as_zero() {
    table(&[
        ("m1 + m2", "10 1 32 3 4"),
        ("m2 - m1", "10 -1 28 -3 -4"),
        ("m2 / m1", "- 0 15 0 0"),
        ("m1 / m2", "0 - 0.066667 - -"),
        ("m1 / none", "- - - - -"),
        ("5 * m2", "50 - 150 - -"),
        ("-m1", "0 -1 -2 -3 -4"),
        ("m1^2", "0 1 4 9 16"),
        ("m1 * 0 + 2^3^2", "512 512 512 512 512"),
        ("m1 * 0 - 2^2", "-4 -4 -4 -4 -4"),
        ("1 + m1 * 2 - 6 / 3", "-1 1 3 5 7"),
        ("m1 > 1 == 1", "0 0 1 1 1"),
        ("1 > 0 OR m1 AND 0", "1 1 1 1 1"),
        ("[m1, m2] / 10", "0 0.1 0.2 0.3 0.4 | 1 - 3 - -"),
        (
            "60 / [errors4xx, errors5xx]",
            "30 30 30 30 30 | 12 12 12 12 12",
        ),
        ("[m1, m2] * errors4xx", "0 2 4 6 8 | 20 0 60 0 0"),
        ("-[m1, m2]", "0 -1 -2 -3 -4 | -10 - -30 - -"),
    ]);
}

/// CloudWatch User Guide, "Using metric math", "Functions supported for metric math", one row or more a function.
#[test]
fn functions_are_those_of_the_table() {
    table(&[
        ("ABS(m1 - 3)", "3 2 1 0 1"),
        ("CEIL(m1 / 3)", "0 1 1 1 2"),
        ("FLOOR([m1 / 3])", "0 0 0 1 1"),
        ("LOG(m1)", "- 0 0.693147 1.098612 1.386294"),
        ("LOG10(m2)", "1 - 1.477121 - -"),
        ("DIFF(m1)", "- 1 1 1 1"),
        ("DIFF(m2)", "- - 20 - -"),
        ("DIFF_TIME(m2)", "- - 120 - -"),
        ("RATE(m1)", "- 0.016667 0.016667 0.016667 0.016667"),
        ("RUNNING_SUM(m1)", "0 1 3 6 10"),
        ("FILL(m2, 7)", "10 7 30 7 7"),
        ("FILL(m2, REPEAT)", "10 10 30 30 30"),
        ("FILL(m2, LINEAR)", "10 20 30 - -"),
        ("FILL(m2, MIN(m2))", "10 10 30 10 10"),
        ("FILL([m2, none], m1)", "10 1 30 3 4 | 0 1 2 3 4"),
        ("FILL(none, 0)", "0 0 0 0 0"),
        ("m1 - MIN(m1) + MAX(m1)", "4 5 6 7 8"),
        ("m1 / SUM(m1)", "0 0.1 0.2 0.3 0.4"),
        // The missing values of an average are 0, so that this is 40 of 5 points.
        ("m1 * 0 + AVG(m2)", "8 8 8 8 8"),
        ("m1 * 0 + SUM(m2) / DATAPOINT_COUNT(m2)", "20 20 20 20 20"),
        ("AVG([m1, m2])", "5 0.5 16 1.5 2"),
        ("SUM([m1, m2])", "10 1 32 3 4"),
        ("MAX([m1, m2])", "10 1 30 3 4"),
        ("MIN([m1, m2])", "0 1 2 3 4"),
        ("STDDEV([errors4xx, errors5xx])", "1.5 1.5 1.5 1.5 1.5"),
        ("DATAPOINT_COUNT([m1, m2])", "2 1 2 1 1"),
        ("m1 / PERIOD(m1) * 60", "0 1 2 3 4"),
        ("SUM(METRICS(\"errors\"))", "7 7 7 7 7"),
        ("SUM([METRICS('4xx'), METRICS('5xx')])", "7 7 7 7 7"),
        ("m1 * METRIC_COUNT(METRICS('errors'))", "0 2 4 6 8"),
        ("REMOVE_EMPTY([none, m1])", "0 1 2 3 4"),
        ("FIRST(SORT([m1, m2, errors5xx], MAX, DESC))", "10 - 30 - -"),
        ("LAST(SORT([m1, errors5xx], AVG, ASC))", "5 5 5 5 5"),
        ("SORT([m1, m2, errors5xx], SUM, DESC, 1)", "10 - 30 - -"),
        ("SLICE([m1, m2, errors5xx], 1)", "10 - 30 - - | 5 5 5 5 5"),
        ("SLICE([m1, m2, errors5xx], 0, 1)", "0 1 2 3 4"),
        ("TIME_SERIES(10)", "10 10 10 10 10"),
        // The epoch began on a Thursday.
        ("MINUTE(none)", "0 1 2 3 4"),
        (
            "HOUR(m1) + DAY(m1) * 10 + DATE(m1) * 100",
            "140 140 140 140 140",
        ),
        (
            "YEAR(m1) * 100 + MONTH(m1)",
            "197001 197001 197001 197001 197001",
        ),
        ("EPOCH(m2)", "0 60 120 180 240"),
        ("IF(DAY(m1) < 6, m1)", "0 1 2 3 4"),
    ]);
}

/// CloudWatch User Guide, "Using metric math": the types of arguments, the case of names, and that a scalar is no final
/// result.
#[test]
fn what_aws_does_not_take_is_refused() {
    let metrics = metrics();
    for (expression, words) in [
        ("AVG(m1)", "final result"),
        ("5", "final result"),
        ("avg([m1, m2])", "Function 'avg' not found"),
        ("MEAN([m1, m2])", "Function 'MEAN' not found"),
        ("m9 + 1", "Unknown identifier 'm9'"),
        ("[m1, m2] + [m1, m2]", "[TS[], TS[]]"),
        ("[m1, m2] > 1", "[TS[], S]"),
        ("METRIC_COUNT(m1) * m1", "METRIC_COUNT: (TS)"),
        ("PERIOD(m1 + 1) * m1", "PERIOD: (TS)"),
        ("ABS(5) * m1", "ABS: (S)"),
        ("SORT([m1], DESC, ASC)", "SORT: (TS[], DESC, ASC)"),
        ("FILL(m1)", "FILL: (TS)"),
        ("[1, m1]", "scalar 1"),
        ("m1 m2", "unexpected 'm2'"),
        ("m1 +", "unexpected its end"),
        ("(m1", "expected ')'"),
        ("m1 = 1", "unexpected '='"),
        ("m1 and m2", "unexpected 'and'"),
        ("m1 % 2", "unexpected '%'"),
        ("'m1", "no closing '"),
        ("m1 + 1.2.3", "unexpected '0.3'"),
    ] {
        let fault = calculated(expression, &metrics).expect_err(expression);
        assert_eq!(fault.code, "ValidationError", "{expression}: {fault}");
        assert!(
            fault.message.starts_with("Error in expression 'e': "),
            "{fault}"
        );
        assert!(fault.message.contains(words), "{expression}: {fault}");
    }
    let deep = format!("{}m1", "(".repeat(2000));
    assert!(calculated(&deep, &metrics).is_err());
}

#[test]
fn what_is_not_simulated_is_said_to_be() {
    let metrics = metrics();
    for expression in [
        "ANOMALY_DETECTION_BAND(m1, 2)",
        "m1 / SERVICE_QUOTA(m1)",
        "DB_PERF_INSIGHTS('RDS', 'db-1', 'os.cpuUtilization.user.avg')",
        "INSIGHT_RULE_METRIC('rule', 'UniqueContributors')",
        "LAMBDA('name', 1)",
        "SELECT AVG(CPUUtilization) FROM \"AWS/ECS\"",
    ] {
        let fault = calculated(expression, &metrics).expect_err(expression);
        assert_eq!(fault.code, codes::NOT_SIMULATED, "{expression}: {fault}");
    }
}
