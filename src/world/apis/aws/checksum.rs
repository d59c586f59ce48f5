//! Checksums of bodies. Requests have the one that botocore adds by default, CRC-32 in a header, where the model says that
//! an operation needs or takes one (Smithy 2.0, `aws.protocols#httpChecksum` and `smithy.api#httpChecksumRequired`); answers
//! are compared with theirs, where the call asked for it.

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::base64;
use md5::Md5;
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use super::answer::Answer;
use super::model::{Operation, Service};

/// What the headers begin with; the name of the algorithm follows.
const HEADER: &str = "x-amz-checksum-";

/// The algorithms that are computed here, as S3 names them; what an answer has of them is checked by the first.
const ALGORITHMS: [&str; 7] = [
    "CRC64NVME",
    "CRC32C",
    "CRC32",
    "SHA1",
    "SHA256",
    "SHA512",
    "MD5",
];

/// An algorithm that is not known here, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownAlgorithm(pub String);

impl fmt::Display for UnknownAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the checksum {} is not computed here: expected one of {}, or the checksum itself in its own member",
            self.0,
            ALGORITHMS.join(", ")
        )
    }
}

/// An answer whose body is not what its checksum says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The algorithm, as S3 names it: `CRC32C`.
    pub algorithm: &'static str,
    /// The checksum that the answer has, in base64.
    pub said: String,
    /// That of the bytes which came, in base64.
    pub found: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch {
            algorithm,
            said,
            found,
        } = self;
        write!(f, "its {algorithm} is {found}, expected {said}")
    }
}

/// Adds the checksum of a request's body, where the operation has one and the input does not give it.
///
/// # Errors
/// The input asks for an algorithm that is not computed here.
pub fn add(
    service: &Service,
    operation: &Operation,
    input: &Value,
    request: &mut HttpRequest,
) -> Result<(), UnknownAlgorithm> {
    let settings = ["algorithm", "mode", "type"];
    let mut headers = request.headers().iter();
    let is_given = headers.any(|(name, _)| {
        name.strip_prefix(HEADER)
            .is_some_and(|what| !settings.contains(&what))
    });
    let member = operation.checksum_member;
    if is_given || (member.is_none() && !operation.requires_checksum) {
        return Ok(());
    }
    let asked = member.and_then(|member| input.get(member)?.as_str());
    let algorithm = asked.unwrap_or("CRC32");
    let body = request.body().bytes().unwrap_or_default();
    let sum = sum(algorithm, body).ok_or_else(|| UnknownAlgorithm(algorithm.to_owned()))?;
    if let Some(member) = member.filter(|_| asked.is_none()) {
        let mut inputs = service.inputs(operation).iter();
        let found = inputs.find(|one| one.name == member);
        if let Some(header) = found.and_then(|member| member.wire) {
            request.headers_mut().insert(header, algorithm.to_owned());
        }
    }
    let name = format!("{HEADER}{}", algorithm.to_lowercase());
    request.headers_mut().insert(name, sum);
    Ok(())
}

/// Compares the body of an answer with its checksum, where the call asked for one. A checksum of checksums, which an object
/// has that was uploaded in parts, cannot be compared (Amazon S3 User Guide, "Checking object integrity", "Composite and full
/// object checksum types").
///
/// # Errors
/// Other bytes came than those that the checksum was made of.
pub fn check(operation: &Operation, input: &Value, answer: &Answer) -> Result<(), Mismatch> {
    let asked = operation
        .checksum_mode_member
        .and_then(|member| input.get(member)?.as_str());
    if asked != Some("ENABLED") || !(200..300).contains(&answer.status) {
        return Ok(());
    }
    for algorithm in ALGORITHMS {
        let said = answer.header(&format!("{HEADER}{algorithm}"));
        let said = said.filter(|said| !said.contains('-'));
        let (Some(said), Some(found)) = (said, sum(algorithm, &answer.body)) else {
            continue;
        };
        if said == found {
            return Ok(());
        }
        return Err(Mismatch {
            algorithm,
            said: said.to_owned(),
            found,
        });
    }
    Ok(())
}

/// The checksum of a body, in base64; `None`: the algorithm is not computed here.
fn sum(algorithm: &str, body: &[u8]) -> Option<String> {
    /// Polynomials, reflected: RFC 3720, "CRC32C"; NVM Express NVM Command Set Specification, "64b CRC".
    static CRC32C: [u64; 256] = crc_table(0x82F6_3B78);
    static CRC64NVME: [u64; 256] = crc_table(0x9A6C_9329_AC4B_C9B5);
    Some(match algorithm {
        "CRC64NVME" => base64::encode(crc(&CRC64NVME, u64::MAX, body).to_be_bytes()),
        "CRC32C" => {
            let sum = crc(&CRC32C, u64::from(u32::MAX), body).to_be_bytes();
            base64::encode(&sum[4..])
        }
        "CRC32" => base64::encode(crc32fast::hash(body).to_be_bytes()),
        "SHA1" => base64::encode(Sha1::digest(body)),
        "SHA256" => base64::encode(Sha256::digest(body)),
        "SHA512" => base64::encode(Sha512::digest(body)),
        "MD5" => base64::encode(Md5::digest(body)),
        _ => return None,
    })
}

const fn crc_table(polynomial: u64) -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut sum, mut bit) = (byte as u64, 0);
        while bit < 8 {
            sum = (sum >> 1) ^ (polynomial * (sum & 1));
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
}

/// A reflected CRC that begins and ends with all bits turned; `ones`: as many as it has.
fn crc(table: &[u64; 256], ones: u64, body: &[u8]) -> u64 {
    let sum = body.iter().fold(ones, |sum, byte| {
        (sum >> 8) ^ table[usize::from(sum.to_le_bytes()[0] ^ byte)]
    });
    sum ^ ones
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::world::apis::aws::{request, service};

    /// The checksums of `123456789`: RFC 1321, A.5 and RFC 6234, 8.5 for the digests of other texts; the "check" of each
    /// CRC in the catalogue of parametrised CRC algorithms.
    #[test]
    fn checksums_are_those_of_the_standards() {
        let of = |algorithm, text: &str| {
            let sum = sum(algorithm, text.as_bytes()).expect("computed here");
            let bytes = base64::decode(sum).expect("base64");
            crate::text::hex::hex(bytes)
        };
        for (algorithm, text, expected) in [
            ("CRC32", "123456789", "cbf43926"),
            ("CRC32C", "123456789", "e3069283"),
            ("CRC64NVME", "123456789", "ae8b14860a799888"),
            ("SHA1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("MD5", "abc", "900150983cd24fb0d6963f7d28e17f72"),
            (
                "SHA256",
                "abc",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
        ] {
            assert_eq!(of(algorithm, text), expected, "{algorithm}");
        }
        assert_eq!(sum("XXHASH3", b""), None);
    }

    fn sent(name: &str, operation: &str, input: &Value) -> Result<HttpRequest, UnknownAlgorithm> {
        let service = service(name).expect("a service");
        let operation = service.operation(operation).expect("an operation");
        let mut request =
            request::write(service, service.protocol(), operation, input).expect("a request");
        add(service, operation, input, &mut request).map(|()| request)
    }

    fn headers(request: &HttpRequest) -> Vec<(&str, &str)> {
        let headers = request.headers().iter();
        let mut headers: Vec<_> = headers
            .filter(|(name, _)| name.contains("checksum"))
            .collect();
        headers.sort_unstable();
        headers
    }

    /// Amazon S3 API Reference, "PutObject", "Request Syntax": `x-amz-sdk-checksum-algorithm`, `x-amz-checksum-…`. AWS SDKs
    /// and Tools Reference Guide, "Data Integrity Protections for Amazon S3": CRC32 where nothing is asked for.
    #[test]
    fn a_request_has_the_checksum_that_it_asks_for() {
        let put = json!({"Bucket": "b", "Key": "k", "Body": "MTIzNDU2Nzg5"});
        let request = sent("s3", "PutObject", &put).expect("known");
        let algorithm = "x-amz-sdk-checksum-algorithm";
        assert_eq!(
            headers(&request),
            [("x-amz-checksum-crc32", "y/Q5Jg=="), (algorithm, "CRC32")]
        );
        for (asked, name, expected) in [
            ("CRC32C", "x-amz-checksum-crc32c", "4waSgw=="),
            ("CRC64NVME", "x-amz-checksum-crc64nvme", "rosUhgp5mIg="),
        ] {
            let mut input = put.clone();
            input["ChecksumAlgorithm"] = json!(asked);
            let request = sent("s3", "PutObject", &input).expect("known");
            assert_eq!(headers(&request), [(name, expected), (algorithm, asked)]);
        }
        let mut input = put.clone();
        input["ChecksumAlgorithm"] = json!("XXHASH3");
        let refused = sent("s3", "PutObject", &input).expect_err("not computed");
        assert!(refused.to_string().contains("XXHASH3"), "{refused}");
        let mut input = put;
        input["ChecksumSHA256"] = json!("given");
        let request = sent("s3", "PutObject", &input).expect("known");
        assert_eq!(headers(&request), [("x-amz-checksum-sha256", "given")]);
    }

    /// Amazon S3 API Reference: "DeleteObjects" demands a checksum, "GetObject" has none.
    #[test]
    fn only_requests_that_can_have_a_checksum_have_one() {
        let input = json!({"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}});
        let request = sent("s3", "DeleteObjects", &input).expect("known");
        assert!(request.headers().get("x-amz-checksum-crc32").is_some());
        let input = json!({"Bucket": "b", "Key": "k"});
        let request = sent("s3", "GetObject", &input).expect("known");
        assert_eq!(headers(&request), []);
        let request = sent("sts", "GetCallerIdentity", &json!({})).expect("known");
        assert_eq!(headers(&request), []);
    }

    fn checked(mode: &str, algorithm: &str, said: &str, body: &str) -> Result<(), Mismatch> {
        let service = service("s3").expect("a service");
        let get = service.operation("GetObject").expect("an operation");
        let answer = Answer {
            status: 200,
            headers: vec![(format!("x-amz-checksum-{algorithm}"), said.to_owned())],
            body: body.as_bytes().to_vec(),
        };
        check(get, &json!({"ChecksumMode": mode}), &answer)
    }

    /// Amazon S3 API Reference, "GetObject", `x-amz-checksum-mode` and the response's checksums.
    #[test]
    fn an_answer_with_other_bytes_than_its_checksum_is_noticed() {
        for algorithm in ALGORITHMS {
            let said = sum(algorithm, b"as it was").expect("computed here");
            let name = algorithm.to_lowercase();
            assert_eq!(checked("ENABLED", &name, &said, "as it was"), Ok(()));
            let wrong = checked("ENABLED", &name, &said, "as it wsa").expect_err("noticed");
            assert_eq!((wrong.algorithm, &wrong.said), (algorithm, &said));
        }
        assert_eq!(checked("", "crc32", "AAAAAA==", "not asked for"), Ok(()));
        let of_parts = "4waSgw==-2";
        assert_eq!(checked("ENABLED", "crc32c", of_parts, "in parts"), Ok(()));
        assert_eq!(
            checked("ENABLED", "xxhash3", "AAAA", "not computed"),
            Ok(())
        );
    }
}
