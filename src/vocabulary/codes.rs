//! The stable codes of the faults that deployer itself raises. AWS's own codes pass through as they are.

/// A request goes to an address that scripts may not reach.
pub const ADDRESS_NOT_ALLOWED: &str = "address_not_allowed";

/// An alarm that must stay quiet is in ALARM.
pub const ALARM_FIRING: &str = "alarm_firing";

/// There is no alarm of that name.
pub const ALARM_NOT_FOUND: &str = "alarm_not_found";

/// An answer of AWS lacks what it must have.
pub const ANSWER_INCOMPLETE: &str = "answer_incomplete";

/// A fixture's answer was never asked for.
pub const ANSWER_NOT_ASKED: &str = "answer_not_asked";

/// An answer has more bytes than are read.
pub const ANSWER_TOO_LARGE: &str = "answer_too_large";

/// A fixture cannot be read.
pub const BAD_FIXTURE: &str = "bad_fixture";

/// The bytes of an answer are not those that its checksum was made of.
pub const CHECKSUM_MISMATCH: &str = "checksum_mismatch";

/// There are several clusters, and none was named.
pub const CLUSTER_NEEDED: &str = "cluster_needed";

/// No connection could be made, or it broke.
pub const CONNECTION_FAILED: &str = "connection_failed";

/// Nothing listens at the address.
pub const CONNECTION_REFUSED: &str = "connection_refused";

/// The AWS credentials have had their time.
pub const CREDENTIALS_EXPIRED: &str = "credentials_expired";

/// Another deployment has taken the place of the one that is watched.
pub const DEPLOYMENT_SUPERSEDED: &str = "deployment_superseded";

/// A process is to run in a directory that is not there.
pub const DIRECTORY_NOT_FOUND: &str = "directory_not_found";

/// A script ended before its text did.
pub const ENDED_EARLY: &str = "ended_early";

/// The fixture does not say what answers at the address.
pub const ENDPOINT_NOT_DESCRIBED: &str = "endpoint_not_described";

/// An injected fault never met a request.
pub const FAULT_MET_NOTHING: &str = "fault_met_nothing";

/// An injected fault names nothing that the fixture has.
pub const FAULT_WITHOUT_SUBJECT: &str = "fault_without_subject";

/// A file is not what it was when it was compared.
pub const FILE_CHANGED: &str = "file_changed";

/// The file to write is there already.
pub const FILE_EXISTS: &str = "file_exists";

/// The operating system refused to read or write a file.
pub const FILE_FAILED: &str = "file_failed";

/// The file is not there.
pub const FILE_NOT_FOUND: &str = "file_not_found";

/// The file could not be written.
pub const FILE_NOT_WRITTEN: &str = "file_not_written";

/// A file has more bytes than are read.
pub const FILE_TOO_LARGE: &str = "file_too_large";

/// A plan fails here on purpose, to see what would be undone.
pub const FORESEEN: &str = "foreseen";

/// The git history that is searched is not all here.
pub const HISTORY_INCOMPLETE: &str = "history_incomplete";

/// An HTTP check did not get the answer that it expects.
pub const HTTP_CHECK_FAILED: &str = "http_check_failed";

/// ECR does not have the image that was pushed.
pub const IMAGE_NOT_PUSHED: &str = "image_not_pushed";

/// A file of rules for finding secrets is wrong.
pub const INVALID_RULES: &str = "invalid_rules";

/// Something that only the script itself may do was done in a branch of `parallel`.
pub const IN_A_BRANCH: &str = "in_a_branch";

/// A person asked the run to stop (Ctrl-C, or a signal).
pub const INTERRUPTED: &str = "interrupted";

/// The configured endpoint is not a URL.
pub const INVALID_ENDPOINT: &str = "invalid_endpoint";

/// The text that describes a fault to inject is wrong.
pub const INVALID_FAULT: &str = "invalid_fault";

/// The input of a call is wrong.
pub const INVALID_INPUT: &str = "invalid_input";

/// The text is not JSON.
pub const INVALID_JSON: &str = "invalid_json";

/// An HTTP request cannot be sent as it is.
pub const INVALID_REQUEST: &str = "invalid_request";

/// An AWS setting of the environment is wrong.
pub const INVALID_SETTING: &str = "invalid_setting";

/// The text is not a URL.
pub const INVALID_URL: &str = "invalid_url";

/// The journal of a rehearsal cannot be written.
pub const JOURNAL: &str = "journal";

/// The process was killed on purpose, by a crash test.
pub const KILLED: &str = "killed";

/// Something is more than deployer allows.
pub const LIMIT_EXCEEDED: &str = "limit_exceeded";

/// A list of AWS has more items than are read where nobody says how many.
pub const LIST_TOO_LONG: &str = "list_too_long";

/// A load check missed its thresholds.
pub const LOAD_CHECK_FAILED: &str = "load_check_failed";

/// Logs match a pattern more often than allowed.
pub const LOG_ERRORS: &str = "log_errors";

/// A metric is outside of its bounds.
pub const METRIC_OUT_OF_BOUNDS: &str = "metric_out_of_bounds";

/// A file is not text.
pub const NOT_TEXT: &str = "not_text";

/// A bucket keeps no versions of what is overwritten.
pub const NOT_VERSIONED: &str = "not_versioned";

/// No AWS credentials were found.
pub const NO_CREDENTIALS: &str = "no_credentials";

/// There is no data to judge by.
pub const NO_DATA: &str = "no_data";

/// No AWS region is configured.
pub const NO_REGION: &str = "no_region";

/// The threads for the network could not be started.
pub const NO_RUNTIME: &str = "no_runtime";

/// The fixture has nobody who answers for the role.
pub const NOBODY_TO_ASK: &str = "nobody_to_ask";

/// The operation may change something, where only reads are allowed.
pub const NOT_A_READ: &str = "not_a_read";

/// What answered in the place of AWS is not AWS.
pub const NOT_AN_ANSWER: &str = "not_an_answer";

/// A plan cannot simulate that fault.
pub const NOT_IN_A_PLAN: &str = "not_in_a_plan";

/// A write or a question is not the planned one.
pub const NOT_PLANNED: &str = "not_planned";

/// The simulated cloud does not have that operation.
pub const NOT_SIMULATED: &str = "not_simulated";

/// A call of AWS that can only be made in a way that this program does not know: a stream of events going out, a bearer token,
/// another signature than SigV4.
pub const NOT_SUPPORTED: &str = "not_supported";

/// The captured fixture could not be written as TOML.
pub const NOT_WRITTEN: &str = "not_written";

/// There is nothing to make a fixture of.
pub const NOTHING_TO_CAPTURE: &str = "nothing_to_capture";

/// The path lies outside of the folder that deployer runs in.
pub const PATH_NOT_ALLOWED: &str = "path_not_allowed";

/// What the plan relies on has changed.
pub const PLAN_OUTDATED: &str = "plan_outdated";

/// The run did not make all that was planned.
pub const PLANNED_NOT_MADE: &str = "planned_not_made";

/// A process ended with a status other than the expected one.
pub const PROCESS_FAILED: &str = "process_failed";

/// The fixture does not say what the process does.
pub const PROCESS_NOT_DESCRIBED: &str = "process_not_described";

/// The process could not be started.
pub const PROCESS_NOT_STARTED: &str = "process_not_started";

/// The process was killed because it took too long.
pub const PROCESS_TIMED_OUT: &str = "process_timed_out";

/// The program is not installed.
pub const PROGRAM_NOT_FOUND: &str = "program_not_found";

/// A queue holds more messages than allowed.
pub const QUEUE_TOO_LONG: &str = "queue_too_long";

/// A person rejected what they were asked to approve.
pub const REJECTED: &str = "rejected";

/// The temporary folder could not be made.
pub const SCRATCH_NOT_MADE: &str = "scratch_not_made";

/// The script itself is wrong.
pub const SCRIPT_ERROR: &str = "script_error";

/// A secret would have been journalled with the input.
pub const SECRET_INPUT: &str = "secret_input";

/// A secret cannot be used yet.
pub const SECRET_NOT_READY: &str = "secret_not_ready";

/// The operation returns secrets, which must not reach a script.
pub const SECRET_OPERATION: &str = "secret_operation";

/// Another run deploys the service.
pub const SERVICE_BUSY: &str = "service_busy";

/// The state directory cannot be used.
pub const STATE: &str = "state";

/// Targets of a load balancer are unhealthy.
pub const TARGETS_UNHEALTHY: &str = "targets_unhealthy";

/// There is no such task.
pub const TASK_NOT_FOUND: &str = "task_not_found";

/// The script threw something that is not a fault.
pub const THROWN: &str = "thrown";

/// There was no answer in time.
pub const TIMED_OUT: &str = "timed_out";

/// No secure connection could be made.
pub const TLS_FAILED: &str = "tls_failed";

/// The token of ECR cannot be read.
pub const TOKEN_UNREADABLE: &str = "token_unreadable";

/// Only a pipeline that runs may do that.
pub const TOO_EARLY: &str = "too_early";

/// The run is at its end, where that may not be done any more.
pub const TOO_LATE: &str = "too_late";

/// A folder has more files than are listed.
pub const TOO_MANY_FILES: &str = "too_many_files";

/// An address redirects too often.
pub const TOO_MANY_REDIRECTS: &str = "too_many_redirects";

/// There is no fault of that name to inject.
pub const UNKNOWN_FAULT: &str = "unknown_fault";

/// AWS has no such operation.
pub const UNKNOWN_OPERATION: &str = "unknown_operation";

/// There is no outcome of that name.
pub const UNKNOWN_OUTCOME: &str = "unknown_outcome";

/// The service of a call is not one of AWS's.
pub const UNKNOWN_SERVICE: &str = "unknown_service";

/// A plan met a value that only the real run can know.
pub const UNKNOWN_UNTIL_RUN: &str = "unknown_until_run";

/// What is waited for has failed.
pub const WAIT_FAILED: &str = "wait_failed";

/// A watch rule was violated.
pub const WATCH_BREACHED: &str = "watch_breached";

/// The deployment window is closed.
pub const WINDOW_CLOSED: &str = "window_closed";

/// A value has another type than the one that is expected.
pub const WRONG_TYPE: &str = "wrong_type";
