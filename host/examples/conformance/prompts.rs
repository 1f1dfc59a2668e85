//! Prompts: plain, with arguments, with contents, and one that asks back.

use rmcp::ErrorData;
use rmcp::model::{
    CacheScope, ContentBlock, GetPromptRequestParams, GetPromptResponse, GetPromptResult, ImageContent,
    ListPromptsResult, Prompt, PromptArgument, PromptMessage, ResourceContents, Role,
};

use crate::asking;
use crate::resources::KEEP_MS;
use crate::tools::IMAGE;

pub(crate) fn list() -> ListPromptsResult {
    let plain = |name: &str| Prompt::new(name, Some("A prompt of the referee's"), None);
    let argument = |name: &str| PromptArgument::new(name).with_required(true);
    let arguments = vec![argument("arg1"), argument("arg2")];
    let prompts = vec![
        plain("test_simple_prompt"),
        Prompt::new("test_prompt_with_arguments", Some("A prompt of the referee's"), Some(arguments)),
        plain("test_prompt_with_embedded_resource"),
        plain("test_prompt_with_image"),
        plain("test_input_required_result_prompt"),
    ];
    ListPromptsResult::with_all_items(prompts).with_ttl_ms(KEEP_MS).with_cache_scope(CacheScope::Public)
}

pub(crate) fn get(request: &GetPromptRequestParams) -> Result<GetPromptResponse, ErrorData> {
    let text = |text: &str| PromptMessage::new_text(Role::User, text);
    let argument = |name: &str| {
        let arguments = request.arguments.as_ref();
        arguments.and_then(|arguments| arguments.get(name)?.as_str()).unwrap_or_default()
    };
    let messages = match request.name.as_str() {
        "test_simple_prompt" => vec![text("A plain prompt")],
        "test_prompt_with_arguments" => {
            vec![text(&format!("arg1 is {}, arg2 is {}", argument("arg1"), argument("arg2")))]
        }
        "test_prompt_with_embedded_resource" => {
            let resource = ContentBlock::resource(ResourceContents::TextResourceContents {
                uri: argument("resourceUri").to_owned(),
                mime_type: Some("text/plain".to_owned()),
                text: "Embedded".to_owned(),
                meta: None,
            });
            vec![PromptMessage::new(Role::User, resource), text("Look at it")]
        }
        "test_prompt_with_image" => {
            let image = ContentBlock::Image(ImageContent::new(IMAGE, "image/png"));
            vec![PromptMessage::new(Role::User, image), text("Look at it")]
        }
        "test_input_required_result_prompt" => {
            let Some(context) = asking::answered(request.input_responses.as_ref(), "user_context", "context")
            else {
                return Ok(asking::require(&["user_context"], None).into());
            };
            vec![text(&format!("With the context {context}"))]
        }
        other => return Err(ErrorData::invalid_params(format!("there is no prompt `{other}`"), None)),
    };
    Ok(GetPromptResult::new(messages).into())
}
