variable "vpc_id" {
  description = "The network that the machine is in."
  type        = string
}

variable "subnet_id" {
  description = "A private subnet with a way out, such as a NAT gateway."
  type        = string
}

variable "ami" {
  description = "An image with k3s and its unit file, such as one that you built with Packer."
  type        = string
}

variable "operator_cidrs" {
  description = "The addresses from which people reach the console."
  type        = list(string)

  validation {
    condition     = !contains(var.operator_cidrs, "0.0.0.0/0")
    error_message = "The console is not for everybody."
  }
}

variable "instance_type" {
  description = "Two processors and 8 GiB do two attempts at once."
  type        = string
  default     = "m7i.large"
}

variable "home_gigabytes" {
  description = "Room for the journal, clones and artifacts."
  type        = number
  default     = 100
}

variable "alarm_topics" {
  description = "The SNS topics that are told of alarms."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = { application = "leviathan" }
}
