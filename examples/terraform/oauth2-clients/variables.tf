variable "api_audience" {
  description = "The API that the service calls."
  type        = string
  default     = "https://orders.example.com"
}

variable "web_origin" {
  description = "Where the web application is served."
  type        = string
  default     = "https://shop.example.com"
}

variable "spa_origin" {
  description = "Where the single-page application is served."
  type        = string
  default     = "https://dashboard.example.com"
}
