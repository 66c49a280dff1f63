# The provider is configured by BOOKMARKS_ENDPOINT and BOOKMARKS_TOKEN.
terraform {
  required_providers {
    bookmarks = {
      source = "example/bookmarks"
    }
  }
}

resource "bookmarks_bookmark" "docs" {
  url    = "https://developer.hashicorp.com/terraform/"
  title  = "Terraform"
  tags   = ["terraform", "docs"]
  note   = "The language's reference is below /language."
  shared = true
}

resource "bookmarks_bookmark" "ory" {
  url = "https://www.ory.sh"
}

data "bookmarks_bookmark" "ory" {
  bookmark_id = bookmarks_bookmark.ory.bookmark_id
}

output "title" {
  value = data.bookmarks_bookmark.ory.title
}
