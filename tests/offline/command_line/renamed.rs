//! Names that changed: the old one is refused before anything happens, and the new one is named.

use crate::support::deployer::Deployer;

/// A folder with a pipeline of this text.
fn with(script: &str) -> Deployer {
    let mut deployer = Deployer::offline();
    deployer.write("team.rhai", script);
    deployer
}

#[test]
fn functions_options_and_modules_name_their_successors() {
    for (script, said) in [
        (
            "import \"std/blue_green\" as bg; step \"Go\" { bg::go_on(#{}); }",
            "renamed: `bg::go_on` is `bg::continue_deployment`",
        ),
        (
            "import \"std/service\" as service; step \"Find\" { service::primary(#{}); }",
            "renamed: `service::primary` is `deployment::primary`",
        ),
        (
            "import \"std/colours\" as colours;",
            "renamed: `std/colours` is `std/blue_green_pair`",
        ),
        (
            "import \"std/blue_green\" as bg; step \"Go\" { bg::start(#{}, #{}, #{}, \"r\", #{ keep: \"5m\" }); }",
            "renamed: `keep` is `bake_time`",
        ),
    ] {
        let deployer = with(script);
        for command in ["check", "plan", "run", "rehearse"] {
            let run = deployer.run(&[command, "team.rhai"]);
            run.expect(2).says(said);
            assert!(!run.has_said("── Go"), "{command}: nothing happened");
        }
    }
}

#[test]
fn parameters_and_values_name_their_successors() {
    let deployer = with(
        "let app = params(#{ confirmed_by: text(\"role\").or(\"\"), \
         old: choice([\"scale_to_zero\", \"delete\"], \"then\").or(\"delete\") });\nprint(app.old);\n",
    );
    for (set, said) in [
        ("confirms=lead", "renamed: `confirms` is `confirmed_by`"),
        ("old=sleeps", "renamed: `sleeps` is `scale_to_zero`"),
        ("old=goes", "renamed: `goes` is `delete`"),
    ] {
        let run = deployer.run(&["run", "team.rhai", "--set", set]);
        run.expect(2).says(said);
    }
    deployer
        .run(&["run", "team.rhai", "--set", "old=delete"])
        .expect(0);
}

#[test]
fn a_map_that_is_only_known_at_run_time_is_refused_alike() {
    let script = "import \"std/windows\" as windows;\nlet o = json::parse(`{\"room\": \"1h\"}`);\n\
                  windows::wait_until_open(#{}, o);\n";
    with(script)
        .run(&["run", "team.rhai"])
        .says("renamed: `room` is `min_open`");
}
