variable "subnet_ids" {
  description = "Private subnets in at least two zones."
  type        = list(string)
}

variable "kubernetes_version" {
  description = "The admission policy of the overlay 'eks' needs 1.30."
  type        = string
  default     = "1.31"
}

variable "instance_type" {
  description = "What workers run on."
  type        = string
  default     = "m7i.xlarge"
}

variable "most_nodes" {
  description = "How far the group may grow."
  type        = number
  default     = 6
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = { application = "leviathan" }
}
