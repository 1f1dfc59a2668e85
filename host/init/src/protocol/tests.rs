use super::record::Record;
use super::*;

#[test]
fn request_comes_back_as_it_was() {
    let request = Request {
        confined: true,
        arguments: 1,
        variables: 2,
        block_bytes: 3,
        code_argument: 4,
        deadline_ms: 5,
        page_bytes: 6,
        memory_bytes: u64::MAX,
        processes: 8,
        open_files: 9,
        file_size_bytes: 10,
        cpu_seconds: 11,
        place: 12,
        confinement: Confinement {
            isolation: Isolation::Namespaces,
            network: Network::Loopback,
            shares_network: true,
            probe: true,
            host_user: u32::MAX,
            root_strings: 13,
            landlock_least: 6,
            control_group: ControlGroup::Two,
        },
    };
    assert_eq!(Request::decode(&request.encode()), Some(request));
}

#[test]
fn request_of_another_version_is_refused() {
    let mut message = Request::default().encode();
    message[0] ^= 0xff;
    assert_eq!(Request::decode(&message), None);
    assert_eq!(Request::decode(&[0; MESSAGE_BYTES]), None);
}

#[test]
fn orders_come_back_as_they_were() {
    for order in
        [Order::Leave { network: false }, Order::Leave { network: true }, Order::End { place: u64::MAX }]
    {
        assert_eq!(Order::decode(&order.encode()), Some(order));
    }
    let mut neither = Order::Leave { network: true }.encode();
    neither[8..].copy_from_slice(&2_u64.to_ne_bytes());
    assert_eq!(Order::decode(&neither), None);
    assert_eq!(Order::decode(&[0; 16]), None);
    assert_eq!(Order::decode(&GO), None);
}

#[test]
fn answers_come_back_as_they_were() {
    let mut answers = vec![Answer::Started { pid: 4_194_304 }];
    for &stage in Stage::ALL {
        answers.push(Answer::SetupFailed(Failure { stage, errno: 13, at: 7 }));
    }
    for &cause in Cause::ALL {
        for ended in [Ended::Alive, Ended::Exited(255), Ended::Signaled(9)] {
            answers.push(Answer::Finished(Finished {
                cause,
                ended,
                layers: layers::SUBREAPER | layers::RLIMITS,
                landlock_abi: 7,
                wall_ns: 1,
                cpu_us: 2,
                peak_memory_bytes: 3,
                survivors: 4,
            }));
        }
    }
    for answer in answers {
        assert_eq!(Answer::decode(&answer.encode()), Some(answer));
    }
    assert_eq!(Answer::decode(&[0; MESSAGE_BYTES]), None);
}

#[test]
fn records_come_back_as_they_were() {
    let failed = Record::Failed(Failure::new(Stage::Exec, 2));
    let ready = |layers, landlock_abi| Record::Ready { layers, landlock_abi };
    for record in [ready(0, 0), ready(7, 7), failed] {
        assert_eq!(Record::decode(&record.encode()), Some(record));
    }
}
