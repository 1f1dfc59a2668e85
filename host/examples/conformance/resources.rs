//! Resources: a text, an image, and as many as a template makes.

use rmcp::ErrorData;
use rmcp::model::{
    CacheScope, ListResourceTemplatesResult, ListResourcesResult, ReadResourceResponse, ReadResourceResult,
    Resource, ResourceContents, ResourceTemplate,
};
use serde_json::json;

use crate::tools::IMAGE;

/// How long a client may keep what it read.
pub(crate) const KEEP_MS: u64 = 60_000;

pub(crate) fn list() -> ListResourcesResult {
    let text = Resource::new("test://static-text", "A text").with_mime_type("text/plain");
    let image = Resource::new("test://static-binary", "An image").with_mime_type("image/png");
    let listed = ListResourcesResult::with_all_items(vec![text, image]);
    listed.with_ttl_ms(KEEP_MS).with_cache_scope(CacheScope::Public)
}

pub(crate) fn templates() -> ListResourceTemplatesResult {
    let template =
        ResourceTemplate::new("test://template/{id}/data", "A template").with_mime_type("application/json");
    let listed = ListResourceTemplatesResult::with_all_items(vec![template]);
    listed.with_ttl_ms(KEEP_MS).with_cache_scope(CacheScope::Public)
}

pub(crate) fn read(uri: &str) -> Result<ReadResourceResponse, ErrorData> {
    let text = |mime_type: &str, text: String| ResourceContents::TextResourceContents {
        uri: uri.to_owned(),
        mime_type: Some(mime_type.to_owned()),
        text,
        meta: None,
    };
    let of_template = uri.strip_prefix("test://template/").and_then(|rest| rest.strip_suffix("/data"));
    let contents = match (uri, of_template) {
        ("test://static-text", _) => text("text/plain", "The text of the resource".to_owned()),
        ("test://static-binary", _) => ResourceContents::BlobResourceContents {
            uri: uri.to_owned(),
            mime_type: Some("image/png".to_owned()),
            blob: IMAGE.to_owned(),
            meta: None,
        },
        (_, Some(id)) => {
            text("application/json", json!({ "id": id, "data": format!("of {id}") }).to_string())
        }
        _ => {
            let problem = format!("there is no resource `{uri}`");
            return Err(ErrorData::resource_not_found(problem, Some(json!({ "uri": uri }))));
        }
    };
    let read = ReadResourceResult::new(vec![contents]);
    Ok(read.with_ttl_ms(KEEP_MS).with_cache_scope(CacheScope::Public).into())
}
