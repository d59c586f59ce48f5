//! What is read again is what is true now.

use super::*;
use crate::world::ReadCall;

/// Whether the last read of the service was answered as one before it was.
fn again(world: &Simulated, reads: &mut Vec<Arc<Value>>) -> bool {
    let input = json!({ "cluster": CLUSTER, "services": [SERVICE] });
    let call = AwsCall::new("ecs", "DescribeServices", input);
    let answer = world.aws(&call).expect("a service");
    // It is made anew, and takes no time.
    let fresh = world.read(&ReadCall::new(call).expect("a read"));
    assert_eq!(*answer, fresh.expect("a service"), "{}", world.now());
    reads.push(Arc::clone(&answer));
    let before = reads.iter().rev().nth(1);
    before.is_some_and(|before| Arc::ptr_eq(before, &answer))
}

#[test]
fn a_service_that_is_described_again_is_described_as_it_is() {
    for faults in [&[][..], &["crash-loop"], &["slow-start"]] {
        let world = world(faults);
        let mut reads = Vec::new();
        again(&world, &mut reads);
        assert!(again(&world, &mut reads), "nothing has changed");
        deploy(&world);
        world.sleep(Duration::from_secs(1));
        assert!(!again(&world, &mut reads), "the deployment is shown");
        let mut same = 0;
        for second in 0..900 {
            world.sleep(Duration::from_secs(1));
            same += usize::from(again(&world, &mut reads));
            if second % 300 == 299 {
                let count = json!({ "cluster": CLUSTER, "service": SERVICE, "desiredCount": 4 + second / 300 });
                ecs(&world, "UpdateService", count);
            }
        }
        assert!(same > 100 && same < 900, "{same}");
    }
}
