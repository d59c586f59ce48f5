//! What clouds publish about their APIs: the one list of services, operations and shapes that checks, plans, rehearsals,
//! tests and runs share. It knows nothing of the worlds that calls are made in.

pub mod aws;
