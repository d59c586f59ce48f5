//! The live screen.

use std::time::{Duration, Instant};

use super::*;
use crate::report::frame::frame;
use crate::report::question::question_rows;
use crate::report::screen::Screen;
use crate::report::terminal::Terminal;
use crate::vocabulary::event::{self, EventKind, StepResult};

fn canvas(width: usize, height: usize) -> Canvas {
    Canvas {
        width,
        height,
        zone: TimeZone::UTC,
    }
}

fn rolling() -> Sample {
    let mut sample = Sample::new(false);
    sample.preflight();
    sample.approve();
    sample.migrate();
    sample.rolling();
    sample
}

#[test]
fn a_run_half_way() {
    let sample = rolling();
    let rows = frame(&view(&sample.events), sample.now, &canvas(80, 24));
    let expected = r#"catalog-service 1.3.0 · run 01JC8ZQ4W3N2E1G5X7H9K0M2P4                     3m35s
  ✓ Preflight   1.2s   sha256:9f3c… · 4 secrets · way back catalog:41
  ✓ Approve    2m03s   lead ana (claimed) · devops raj (claimed)
  ✓ Migrate      37s   exit 0
  ● Deploy       53s   catalog:42
                       containerDefinitions[catalog-service].image
                       - …/catalog-service@sha256:11aa11aa11aa…
                       + …/catalog-service@sha256:9f3c9f3c9f3c…
                       memory  512 → 1024
                       new 2/3 running, 1 starting · old 3 serving
                       waiting for deployment ecs-svc/8812 for 52s of 15m
                       10:40:30 registered 1 targets in target-group catalog-tg
  ○ Verify
  ○ Watch
"#;
    assert_eq!(text(&rows), expected);
}

#[test]
fn a_run_on_a_small_screen() {
    let sample = rolling();
    let rows = frame(&view(&sample.events), sample.now, &canvas(60, 8));
    assert!(rows.len() <= 8 && rows.iter().all(|row| row.width() <= 60));
    let expected = r#"catalog-service 1.3.0 · run 01JC8ZQ4W3N2E1G5X7H9K0M2P4 3m35s
  … 8 lines not shown
  ● Deploy       53s   catalog:42
                       new 2/3 running, 1 starting · old 3
                       serving
                       waiting for deployment ecs-svc/8812
                       for 52s of 15m
                       10:40:30 registered 1 targets in
"#;
    assert_eq!(text(&rows), expected);
}

#[test]
fn nested_steps_and_steps_that_no_one_announced() {
    let mut sample = Sample::new(false);
    sample.step("Deploy");
    sample.step("Wave 1");
    sample.pass(2_000);
    sample.end(StepResult::Done);
    sample.step("Wave 2");
    sample.pass(12_000);
    let rows = frame(&view(&sample.events), sample.now, &canvas(80, 24));
    let expected = r#"catalog-service 1.3.0 · run 01JC8ZQ4W3N2E1G5X7H9K0M2P4                       14s
  ○ Preflight
  ○ Approve
  ○ Migrate
  ● Deploy       14s
    ✓ Wave 1    2.0s
    ● Wave 2     12s
  ○ Verify
  ○ Watch
"#;
    assert_eq!(text(&rows), expected);
}

#[test]
fn a_question() {
    let mut sample = Sample::new(false);
    let question = sample.question();
    sample.answer(&question, "lead", "ana");
    let EventKind::Answered(event::Answered { answer }) =
        sample.events.last().unwrap().kind.clone()
    else {
        panic!("the last event is the answer");
    };
    let expected = r#"
? Deploy catalog-service 1.3.0
  image        123456789012.dkr.ecr.ap-south-1.amazonaws.com/catalog-service@sha256:9f3c8d
  version      1.2.0 → 1.3.0
  secrets      catalog-db-connection, catalog-api-key
  way back     catalog:41
  reviewed     d
  answered     lead ana (claimed)
  needed from  devops

"#;
    assert_eq!(text(&question_rows(&question, &[answer], 100)), expected);
}

#[test]
fn the_screen_moves_by_itself_and_ends_with_the_run() {
    let page = Page::default();
    let size = Box::new(|| (80, 24));
    let screen = Screen::on(Box::new(page.clone()), false, size, TimeZone::UTC);
    let mut terminal = Terminal::new(screen);
    let sample = rolling();
    for event in &sample.events {
        terminal.event(event);
    }
    // Without any event the times go on.
    let patience = Instant::now();
    while !page.text().contains("for 53s of 15m") && patience.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let shown = page.text();
    assert!(shown.contains("for 53s of 15m"), "{shown}");
    // Each frame is drawn over the one before: all its lines.
    assert!(shown.contains("\x1b[14A"), "{shown}");
    terminal.event(rolled_back().last().unwrap());
    let ended = page.text();
    assert!(ended.ends_with("\x1b[J\x1b[?2026l\n") && ended.contains("Rolled back · exit 3"));
    drop(terminal);
    assert_eq!(page.text(), ended, "nothing is drawn after the end");
}

#[test]
fn a_narrower_terminal_breaks_old_lines() {
    let page = Page::default();
    let width = Arc::new(Mutex::new(80));
    let read = width.clone();
    let size = Box::new(move || (*read.lock().unwrap(), 24));
    let mut screen = Screen::on(Box::new(page.clone()), false, size, TimeZone::UTC);
    screen.draw(
        &[],
        &[
            StyledLine::new().plain("x".repeat(70)),
            StyledLine::new().plain("y"),
        ],
    );
    *width.lock().unwrap() = 40;
    screen.draw(&[], &[StyledLine::new().plain("z")]);
    assert!(
        page.text()
            .ends_with("\x1b[?2026h\r\x1b[3Az\x1b[J\x1b[?2026l\n"),
        "{:?}",
        page.text()
    );
}
