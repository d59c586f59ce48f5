//! A run on disk: what is read again, what is refused, and whose it is.

use std::fs;

use super::*;
use crate::journal::{Log, Store};
use jiff::Timestamp;
use serde_json::json;

fn sample(dir: &RunDir) -> Vec<Entry> {
    let entries = vec![
        Entry::Started {
            format: FORMAT,
            run: dir.id(),
            pipeline: "p.rhai".into(),
            params: json!({}),
            deployer: "0".into(),
            sources: BTreeMap::new(),
            overridden: Vec::new(),
            plan: None,
            aws: BTreeMap::new(),
            by: String::new(),
            at: Timestamp::UNIX_EPOCH,
        },
        Entry::Resumed {
            deployer: "0".into(),
            at: Timestamp::UNIX_EPOCH,
        },
    ];
    let mut log = dir.open(Tail::none()).unwrap();
    for entry in &entries {
        log.append(entry, true).unwrap();
    }
    entries
}

#[test]
fn a_torn_line_is_dropped_and_a_changed_one_is_refused() {
    let temp = tempfile::tempdir().unwrap();
    let dir = Store::new(temp.path())
        .create("01A", &BTreeMap::new())
        .unwrap();
    let entries = sample(&dir);
    let whole = fs::read(dir.journal()).unwrap();
    for cut in 1..whole.len() {
        fs::write(dir.journal(), &whole[..cut]).unwrap();
        match file::read(&dir.journal()) {
            Ok((read, tail)) => {
                assert_eq!(read[..], entries[..read.len()]);
                assert_eq!(tail.torn.is_none(), whole[cut - 1] == b'\n');
            }
            Err(e) => panic!("cut at {cut}: {e}"),
        }
    }
    let mut changed = whole.clone();
    changed[90] ^= 1;
    fs::write(dir.journal(), &changed).unwrap();
    assert_eq!(dir.read().unwrap_err().line, 1);
}

/// Lines of the sample's journal, in another order or number.
fn rewritten(dir: &RunDir, edit: impl FnOnce(&mut Vec<String>)) -> Result<usize, usize> {
    let whole = fs::read_to_string(dir.journal()).unwrap();
    let mut lines: Vec<String> = whole.lines().map(|line| format!("{line}\n")).collect();
    edit(&mut lines);
    fs::write(dir.journal(), lines.concat()).unwrap();
    let read = file::read(&dir.journal());
    fs::write(dir.journal(), whole).unwrap();
    read.map(|(entries, _)| entries.len()).map_err(|e| e.line)
}

#[test]
fn a_line_left_out_moved_or_added_is_refused() {
    let temp = tempfile::tempdir().unwrap();
    let dir = Store::new(temp.path())
        .create("01A", &BTreeMap::new())
        .unwrap();
    let entries = sample(&dir);
    let mut log = dir.open(dir.read().unwrap().1).unwrap();
    log.append(&entries[1], false).unwrap();
    log.append(&entries[1], true).unwrap();
    assert_eq!(rewritten(&dir, |_| ()), Ok(4));
    assert_eq!(rewritten(&dir, |lines| drop(lines.remove(1))), Err(2));
    assert_eq!(rewritten(&dir, |lines| drop(lines.remove(0))), Err(1));
    assert_eq!(rewritten(&dir, |lines| lines.swap(2, 3)), Err(3));
    let again = |lines: &mut Vec<String>| lines.insert(2, lines[1].clone());
    assert_eq!(rewritten(&dir, again), Err(3));
    // An older checksum fits anywhere, and so nowhere behind a link.
    let json = serde_json::to_string(&entries[1]).unwrap();
    let older = format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()));
    assert_eq!(rewritten(&dir, |lines| lines[3] = older), Err(4));
}

#[test]
fn an_older_journal_is_read_and_gone_on_with() {
    let temp = tempfile::tempdir().unwrap();
    let dir = Store::new(temp.path())
        .create("01A", &BTreeMap::new())
        .unwrap();
    let entries = sample(&dir);
    let older = entries.iter().map(|entry| {
        let json = serde_json::to_string(entry).unwrap();
        format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()))
    });
    fs::write(dir.journal(), older.collect::<String>()).unwrap();
    let (read, tail) = dir.read().unwrap();
    assert_eq!(read, entries);
    let mut log = dir.open(tail).unwrap();
    log.append(&entries[1], true).unwrap();
    log.append(&entries[1], true).unwrap();
    assert_eq!(dir.read().unwrap().0.len(), 4);
    assert_eq!(rewritten(&dir, |lines| drop(lines.remove(2))), Err(3));
}

#[test]
fn nothing_is_written_once_the_journal_is_gone_or_replaced() {
    let temp = tempfile::tempdir().unwrap();
    let store = Store::new(temp.path().join("state"));
    let dir = store.create("01A", &BTreeMap::new()).unwrap();
    let entries = sample(&dir);
    let mut log = dir.open(dir.read().unwrap().1).unwrap();
    let away = temp.path().join("away");
    fs::rename(dir.journal(), &away).unwrap();
    let error = log.append(&entries[1], true).unwrap_err();
    assert!(error.to_string().contains("is gone"), "{error}");
    fs::copy(&away, dir.journal()).unwrap();
    let error = log.append(&entries[1], true).unwrap_err();
    assert!(error.to_string().contains("replaced"), "{error}");
    fs::rename(&away, dir.journal()).unwrap();
    log.append(&entries[1], true).unwrap();
    fs::rename(dir.path(), &away).unwrap();
    std::os::unix::fs::symlink(temp.path(), dir.path()).unwrap();
    log.append(&entries[1], true).unwrap_err();
}

#[test]
fn links_pipes_and_folders_of_others_are_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path().join("state");
    let store = Store::new(&root);
    let dir = store.create("01A", &BTreeMap::new()).unwrap();
    sample(&dir);
    let precious = temp.path().join("precious");
    fs::write(&precious, "precious").unwrap();
    for name in ["lock", "answers", "journal"] {
        let path = dir.path().join(name);
        let _absent = fs::remove_file(&path);
        symlink(&precious, &path).unwrap();
    }
    assert!(dir.lock().unwrap_err().contains("is a link"));
    assert!(dir.answers().unwrap_err().to_string().contains("is a link"));
    assert!(dir.read().unwrap_err().message.contains("is a link"));
    assert!(dir.write_file("lock", b"1").is_err());
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    fs::remove_file(dir.path().join("lock")).unwrap();
    let pipe = dir.path().join("lock");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    assert!(!dir.is_running(), "it does not wait at a pipe");
    assert!(dir.lock().unwrap_err().contains("not a regular file"));
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
    assert!(
        store
            .find("01A")
            .unwrap_err()
            .contains("written to by others")
    );
}

#[test]
fn half_an_answer_is_not_in_the_way_of_the_next() {
    let temp = tempfile::tempdir().unwrap();
    let store = Store::new(temp.path());
    let dir = store.create("01A", &BTreeMap::new()).unwrap();
    let path = dir.path().join(ANSWERS);
    fs::write(&path, b"{\"quest\xff").unwrap();
    let answer = Answer {
        question: "0:1".into(),
        digest: "d".into(),
        by: "ana".into(),
        ..Answer::default()
    };
    dir.post_answer(&answer).unwrap();
    dir.post_answer(&answer).unwrap();
    assert_eq!(dir.answers().unwrap().len(), 2);
}

#[test]
fn what_is_kept_is_nobody_elses() {
    use std::os::unix::fs::PermissionsExt;
    let temp = tempfile::tempdir().unwrap();
    let store = Store::new(temp.path().join("state"));
    let dir = store.create("01A", &BTreeMap::new()).unwrap();
    sample(&dir);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(dir.path()), 0o700);
    for file in fs::read_dir(dir.path()).unwrap().flatten() {
        assert_eq!(mode(&file.path()), 0o600, "{}", file.path().display());
    }
}

#[test]
fn looking_whether_it_runs_is_in_nobodys_way() {
    let temp = tempfile::tempdir().unwrap();
    let store = Store::new(temp.path());
    let dir = store.create("01A", &BTreeMap::new()).unwrap();
    assert!(!dir.is_running());
    assert!(!dir.path().join("lock").exists(), "it only looks");
    let held = dir.lock().unwrap();
    assert!(dir.is_running());
    drop(held);
    let looking = File::open(dir.path().join("lock")).unwrap();
    looking.lock_shared().unwrap();
    let waiting = std::thread::spawn(move || {
        std::thread::sleep(PAUSE * 3);
        drop(looking);
    });
    dir.lock().unwrap();
    waiting.join().unwrap();
}

#[test]
fn a_run_belongs_to_one_process() {
    let temp = tempfile::tempdir().unwrap();
    let dir = Store::new(temp.path())
        .create("01A", &BTreeMap::new())
        .unwrap();
    let held = dir.lock().unwrap();
    let other = dir.lock().unwrap_err();
    assert!(other.contains(&std::process::id().to_string()), "{other}");
    drop(held);
    dir.lock().unwrap();
}
